import { Handle, type Node, type NodeProps, Position } from '@xyflow/react'
import { memo } from 'react'
import { compensatePort } from '../../schemas/kinds/index.ts'
import type { CanvasNode } from '../model/graph-canvas.ts'
import { stepLooks } from '../model/looks.ts'
import { KindIcon } from '../parts/kind-icon.tsx'
import { StatusMark } from '../parts/status-mark.tsx'
import { useAttempt, useNodeStatus } from './execution-context.ts'
import { OutPorts } from './out-ports.tsx'

/** Handles are placed inside the border. */
const borderWidth = 1
/** Where the edge ends by which a node undoes another. */
export const undoneHandle = 'undone'

export type StepNodeType = Node<{ readonly node: CanvasNode }, 'step'>

/** One node of the graph with its state at the shown moment. It draws again only when that state changes. */
export const StepNode = memo(function StepNode({ data: { node }, selected }: NodeProps<StepNodeType>) {
  const status = useNodeStatus(node.id)
  const attempt = useAttempt(node.id)
  const state = status === null ? 'plain' : status
  return (
    <div className={`step-node step-${state}${selected ? ' is-selected' : ''}`}>
      {node.hasInput ? <Handle type="target" position={Position.Left} isConnectable={false} /> : null}
      <span className="step-icon">
        <KindIcon kind={node.kind} />
      </span>
      <span className="step-words">
        <span className="step-name">{node.label}</span>
        <span className="step-kind">
          {/* There is room for one; the icon shows the kind. */}
          {attempt > 1 ? <span className="step-attempt">Attempt {attempt}</span> : node.kindTitle}
        </span>
      </span>
      {status === null ? null : <StatusMark look={stepLooks[status]} withLabel={false} />}
      {node.undoes ? <Handle id={undoneHandle} type="target" position={Position.Top} isConnectable={false} /> : null}
      {node.isUndone ? (
        <Handle id={compensatePort} type="source" position={Position.Bottom} isConnectable={false} />
      ) : null}
      <OutPorts ports={node.ports} inset={borderWidth} />
    </div>
  )
})
