package web_test

import "gezhi/internal/geo"

// reportPoint is where the tests' reports lie: on a pavement in Binjiang.
var reportPoint = geo.Point{Lng: 120.2050, Lat: 30.1950}
