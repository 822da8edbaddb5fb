import { Handle, type Node, type NodeProps, Position } from '@xyflow/react'
import { memo } from 'react'
import type { NodeId } from '../../schemas/graph.ts'
import { shownStepOf } from '../live/execution-store.ts'
import type { CanvasNode } from '../model/graph-canvas.ts'
import { frameHead } from '../model/graph-frames.ts'
import { bodyPort } from '../model/graph-layout.ts'
import { stepLooks } from '../model/looks.ts'
import { KindIcon } from '../parts/kind-icon.tsx'
import { StatusMark } from '../parts/status-mark.tsx'
import { useExecution, useNodeStatus } from './execution-context.ts'
import { HeatStrip } from './heat-strip.tsx'
import { IterationPicker } from './iteration-picker.tsx'
import { OutPorts } from './out-ports.tsx'

export type FrameNodeType = Node<{ readonly node: CanvasNode }, 'frame'>

/** Where the edges begin that lead to the first nodes inside. */
const bodyLeft = 16

/** A container: a frame round the nodes inside it, which show one of its iterations. */
export const FrameNode = memo(function FrameNode({ data: { node }, selected }: NodeProps<FrameNodeType>) {
  const status = useNodeStatus(node.id)
  const bodyTop = frameHead + (node.size.height - frameHead) / 2
  return (
    <div className={`frame-node step-${status ?? 'plain'}${selected ? ' is-selected' : ''}`}>
      {node.hasInput ? <Handle type="target" position={Position.Left} isConnectable={false} /> : null}
      <div className="frame-head" style={{ height: frameHead }}>
        <div className="frame-title">
          <span className="step-icon">
            <KindIcon kind={node.kind} />
          </span>
          <span className="step-words">
            <span className="step-name">{node.label}</span>
            <span className="step-kind">{node.kindTitle}</span>
          </span>
          {status === null ? null : <StatusMark look={stepLooks[status]} withLabel={false} />}
        </div>
        {status === null ? null : <Iterations id={node.id} label={node.label} />}
      </div>
      <Handle
        id={bodyPort}
        type="source"
        position={Position.Right}
        className="frame-body"
        style={{ left: bodyLeft, right: 'auto', top: bodyTop }}
        isConnectable={false}
      />
      <OutPorts ports={node.ports} inset={0} />
    </div>
  )
})

function Iterations({ id, label }: { readonly id: NodeId; readonly label: string }) {
  const container = useExecution((open) => shownStepOf(open, id))
  return (
    <>
      <IterationPicker container={container} label={label} />
      <HeatStrip container={container} />
    </>
  )
}
