import { Handle, Position } from '@xyflow/react'
import type { CanvasNode } from '../model/graph-canvas.ts'

/** Where the edges of a node begin, each at the height of its port; `inset` is the border round them. */
export function OutPorts({ ports, inset }: { readonly ports: CanvasNode['ports']; readonly inset: number }) {
  return ports.map((port) => (
    <Handle
      key={port.name}
      id={port.name}
      type="source"
      position={Position.Right}
      style={{ top: port.top - inset }}
      isConnectable={false}
    />
  ))
}
