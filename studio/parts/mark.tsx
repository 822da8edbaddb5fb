/** The sign of Stepwell: stairs that meet above the water. */
export function Mark({ size = 26 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden className="mark">
      <path
        d="M4 6h5v5.5h4V17h6v-5.5h4V6h5"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.4"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
      <path className="mark-water" d="M8.5 22.5h15M12 27h8" fill="none" strokeWidth="2.4" strokeLinecap="round" />
    </svg>
  )
}
