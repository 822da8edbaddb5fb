import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from '@xyflow/react'
import { memo } from 'react'
import type { CanvasEdge } from '../model/graph-canvas.ts'
import { useEdgeFate } from './execution-context.ts'

export type StepEdgeType = Edge<{ readonly edge: CanvasEdge }, 'step'>

/** An edge and what became of it. The port it leaves by stands near its beginning. */
export const StepEdge = memo(function StepEdge(props: EdgeProps<StepEdgeType>) {
  return props.data === undefined ? null : <Drawn {...props} edge={props.data.edge} />
})

function Drawn(props: EdgeProps<StepEdgeType> & { readonly edge: CanvasEdge }) {
  const { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, edge } = props
  const [path] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, curvature: 0.35 })
  const fate = useEdgeFate(edge) ?? 'plain'
  return (
    <>
      <BaseEdge path={path} className={`step-edge edge-${fate} edge-of-${edge.role}`} />
      {edge.label === null ? null : (
        <EdgeLabelRenderer>
          <span className={`edge-label edge-label-${fate}`} style={{ transform: labelPlace(edge, sourceX, sourceY) }}>
            {edge.label}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  )
}

/** Beside the port; under it where the edge leaves below. */
const labelPlace = ({ role }: CanvasEdge, x: number, y: number): string =>
  role === 'undo'
    ? `translate(${x}px, ${y + 12}px) translateX(-50%)`
    : `translate(${x + 12}px, ${y}px) translateY(-50%)`
