#!/bin/sh
# Stands in for workerd's binary: notes the process id that workerd will have, then becomes workerd.
# Ctrl-C reaches the whole process group; ignoring it here leaves the stopping to the server.
trap '' INT
echo "$$" > "$STEPWELL_WORKERD_PID_FILE"
exec "$STEPWELL_WORKERD" "$@"
