import '@xyflow/react/dist/base.css'
import '../styles/canvas.css'

import { Background, BackgroundVariant, ReactFlow, ReactFlowProvider, useNodesState, useReactFlow } from '@xyflow/react'
import { Maximize, Minus, Plus } from 'lucide-react'
import { type RefObject, useEffect, useMemo, useRef } from 'react'
import type { Graph } from '../../schemas/graph.ts'
import { canvasGraph } from '../model/graph-canvas.ts'
import { StepEdge, type StepEdgeType } from './step-edge.tsx'
import { StepNode, type StepNodeType } from './step-node.tsx'

const nodeTypes = { step: StepNode }
const edgeTypes = { step: StepEdge }
const fit = { padding: 0.12, maxZoom: 1, minZoom: 0.2 }
const words = {
  'node.a11yDescription.default': 'Press enter to see the details of this step.',
  'node.a11yDescription.keyboardDisabled': 'Press enter to see the details of this step.',
} as const

type CanvasProps = {
  readonly graph: Pick<Graph, 'nodes' | 'edges'>
  readonly label: string
  readonly selected: string | null
  readonly onSelect: (id: string | null) => void
}

/** A graph to look at: pan, zoom, select. The state of its steps comes from the ExecutionContext, when there is one. */
export function GraphCanvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  )
}

function Drawing({ graph, label, selected, onSelect }: CanvasProps) {
  const drawn = useMemo(() => canvasGraph(graph), [graph])
  const [nodes, setNodes, onNodesChange] = useNodesState<StepNodeType>([])
  useEffect(() => {
    setNodes(
      drawn.nodes.map((node) => ({
        id: node.id,
        type: 'step',
        position: node.position,
        ...node.size,
        data: { node },
        ariaLabel: `${node.label}, ${node.kindTitle}`,
      })),
    )
  }, [drawn, setNodes])
  useEffect(() => {
    setNodes((current) =>
      current.map((node) =>
        node.selected === (node.id === selected) ? node : { ...node, selected: node.id === selected },
      ),
    )
  }, [selected, setNodes])
  const edges = useMemo(
    () =>
      drawn.edges.map(
        (edge): StepEdgeType => ({
          id: edge.id,
          type: 'step',
          source: edge.from,
          sourceHandle: edge.port,
          target: edge.to,
          data: { edge },
          focusable: false,
          selectable: false,
        }),
      ),
    [drawn],
  )
  const frame = useRef<HTMLDivElement>(null)
  const wasMoved = useRef(false)
  return (
    <section className="canvas" ref={frame} aria-label={label}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={(changes) => {
          onNodesChange(changes)
          const picked = changes.findLast((change) => change.type === 'select' && change.selected)
          if (picked?.type === 'select' && picked.id !== selected) onSelect(picked.id)
        }}
        onPaneClick={() => onSelect(null)}
        onMoveStart={(event) => {
          if (event !== null) wasMoved.current = true
        }}
        nodesDraggable={false}
        nodesConnectable={false}
        deleteKeyCode={null}
        multiSelectionKeyCode={null}
        selectionKeyCode={null}
        disableKeyboardA11y={false}
        minZoom={0.1}
        maxZoom={2}
        fitView
        fitViewOptions={fit}
        ariaLabelConfig={words}
        proOptions={{ hideAttribution: false }}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.2} />
        <Zoom />
        <KeepFitted frame={frame} wasMoved={wasMoved} />
      </ReactFlow>
    </section>
  )
}

function Zoom() {
  const flow = useReactFlow()
  return (
    <div className="canvas-tools">
      <button
        type="button"
        className="icon-button"
        onClick={() => void flow.zoomIn()}
        aria-label="Zoom in"
        title="Zoom in"
      >
        <Plus size={15} aria-hidden />
      </button>
      <button
        type="button"
        className="icon-button"
        onClick={() => void flow.zoomOut()}
        aria-label="Zoom out"
        title="Zoom out"
      >
        <Minus size={15} aria-hidden />
      </button>
      <button
        type="button"
        className="icon-button"
        onClick={() => void flow.fitView(fit)}
        aria-label="Show the whole graph"
        title="Show the whole graph"
      >
        <Maximize size={14} aria-hidden />
      </button>
    </div>
  )
}

/** Shows the whole graph again when the space for it changes, until a person has moved it. */
function KeepFitted({
  frame,
  wasMoved,
}: {
  readonly frame: RefObject<HTMLDivElement | null>
  readonly wasMoved: RefObject<boolean>
}) {
  const { fitView } = useReactFlow()
  useEffect(() => {
    if (frame.current === null) return
    const observer = new ResizeObserver(() => {
      if (!wasMoved.current) void fitView(fit)
    })
    observer.observe(frame.current)
    return () => observer.disconnect()
  }, [fitView, frame, wasMoved])
  return null
}
