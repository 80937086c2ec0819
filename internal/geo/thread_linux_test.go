package geo

import (
	"syscall"
	"time"
)

// threadTime is the processor time of this thread: on a machine shared with others it says what
// a core can do, which the clock on the wall does not.
func threadTime() time.Duration {
	var u syscall.Rusage
	const thread = 1 // RUSAGE_THREAD
	if err := syscall.Getrusage(thread, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
