import '@xyflow/react/dist/base.css'
import '../styles/canvas.css'

import {
  Background,
  BackgroundVariant,
  ReactFlow,
  type ReactFlowInstance,
  ReactFlowProvider,
  useNodesState,
  useReactFlow,
} from '@xyflow/react'
import { Maximize, Minus, Plus } from 'lucide-react'
import { type RefObject, useEffect, useMemo, useRef } from 'react'
import type { Graph } from '../../schemas/graph.ts'
import { type CanvasEdge, type CanvasGraph, type CanvasNode, canvasGraph } from '../model/graph-canvas.ts'
import { IconButton } from '../parts/icon-button.tsx'
import { FrameNode, type FrameNodeType } from './frame-node.tsx'
import { StepEdge, type StepEdgeType } from './step-edge.tsx'
import { StepNode, type StepNodeType, undoneHandle } from './step-node.tsx'

const nodeTypes = { step: StepNode, frame: FrameNode }
type DrawnNode = StepNodeType | FrameNodeType
const edgeTypes = { step: StepEdge }
/** A graph that would be too small to read is cut off instead: it can be moved, and the selected step is brought into sight. */
const fit = { padding: 0.1, maxZoom: 1, minZoom: 0.48 }
const whole = { padding: 0.06, maxZoom: 1, minZoom: 0.1 }
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
  const [nodes, onNodesChange] = useDrawnNodes(drawn, selected)
  const edges = useMemo(() => drawn.edges.map(drawnEdge), [drawn])
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
        minZoom={0.1}
        maxZoom={2}
        fitView
        fitViewOptions={fit}
        ariaLabelConfig={words}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.2} />
        <Zoom />
        <KeepFitted frame={frame} wasMoved={wasMoved} selected={selected} />
      </ReactFlow>
    </section>
  )
}

/** The nodes as the canvas library keeps them: with the sizes it measured and the one selection of the page. */
function useDrawnNodes(drawn: CanvasGraph, selected: string | null) {
  const [nodes, setNodes, onNodesChange] = useNodesState<DrawnNode>([])
  useEffect(() => setNodes(drawn.nodes.map(drawnNode)), [drawn, setNodes])
  useEffect(() => {
    setNodes((current) =>
      current.map((node) =>
        node.selected === (node.id === selected) ? node : { ...node, selected: node.id === selected },
      ),
    )
  }, [selected, setNodes])
  return [nodes, onNodesChange] as const
}

const drawnNode = (node: CanvasNode): DrawnNode => ({
  id: node.id,
  type: node.isFrame ? 'frame' : 'step',
  ...(node.parent === null ? {} : { parentId: node.parent }),
  position: node.position,
  ...node.size,
  data: { node },
  ariaLabel: `${node.label}, ${node.kindTitle}`,
})

const drawnEdge = (edge: CanvasEdge): StepEdgeType => ({
  id: edge.id,
  type: 'step',
  source: edge.from,
  sourceHandle: edge.port,
  target: edge.to,
  ...(edge.role === 'undo' ? { targetHandle: undoneHandle } : {}),
  data: { edge },
  focusable: false,
  selectable: false,
})

function Zoom() {
  const flow = useReactFlow()
  return (
    <div className="canvas-tools">
      <IconButton icon={Plus} size={15} label="Zoom in" onClick={() => void flow.zoomIn()} />
      <IconButton icon={Minus} size={15} label="Zoom out" onClick={() => void flow.zoomOut()} />
      <IconButton icon={Maximize} size={14} label="Show the whole graph" onClick={() => void flow.fitView(whole)} />
    </div>
  )
}

type FrameProps = {
  readonly frame: RefObject<HTMLDivElement | null>
  readonly wasMoved: RefObject<boolean>
  readonly selected: string | null
}

/** Fits the graph again when the space for it changes, until a person has moved it; and keeps the selected node in sight. */
function KeepFitted({ frame, wasMoved, selected }: FrameProps) {
  const flow = useReactFlow()
  const shown = useRef(selected)
  shown.current = selected
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const observer = new ResizeObserver(() => {
      if (wasMoved.current) bringIntoSight(flow, element, shown.current)
      else void flow.fitView(fit).then(() => bringIntoSight(flow, element, shown.current))
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [flow, frame, wasMoved])
  useEffect(() => {
    if (frame.current !== null) bringIntoSight(flow, frame.current, selected)
  }, [flow, frame, selected])
  return null
}

function bringIntoSight(flow: ReactFlowInstance, frame: HTMLElement, id: string | null): void {
  const node = id === null ? undefined : flow.getInternalNode(id)
  if (node === undefined) return
  const { width = 0, height = 0 } = node
  const position = node.internals.positionAbsolute
  const { zoom } = flow.getViewport()
  const box = frame.getBoundingClientRect()
  const corner = flow.flowToScreenPosition(position)
  const isInside =
    corner.x >= box.left &&
    corner.y >= box.top &&
    corner.x + width * zoom <= box.right &&
    corner.y + height * zoom <= box.bottom
  if (!isInside) void flow.setCenter(position.x + width / 2, position.y + height / 2, { zoom })
}
