//go:build !linux

package geo

import "time"

// threadTime is not measured here; the metric reads zero.
func threadTime() time.Duration { return 0 }
