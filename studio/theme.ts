import { create } from 'zustand'

/** `system` follows the computer. The choice is kept in this browser, where `theme.js` reads it before the first paint. */
export type Theme = 'system' | 'light' | 'dark'

const storageKey = 'stepwell.theme'

export const useTheme = create<{ readonly theme: Theme }>(() => {
  const stored = localStorage.getItem(storageKey)
  return { theme: stored === 'light' || stored === 'dark' ? stored : 'system' }
})

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') {
    localStorage.removeItem(storageKey)
    delete document.documentElement.dataset['theme']
  } else {
    localStorage.setItem(storageKey, theme)
    document.documentElement.dataset['theme'] = theme
  }
  useTheme.setState({ theme })
}
