package seal

// Sealed for Place(330108, "person", "phone", "42") with master(1); the number is made up.
var pinned = map[string]string{
	"AES": "0101627b4750fd4db3a7df0722808383b0f7fd6ca2937571e7ad109679f07df8ff7b9ce204330f6a03657f4446",
	"SM":  "0102627b4750222414a4695685efc08de8df8f22fc6fb43c010c5deaf25ab405c64c98f7da6410f6debfd8a811",
}

var pinnedHash = map[string]string{
	"AES": "87be017b0bbec5120d86275190ab650c",
	"SM":  "c9b705df915b86ba606c96f2d9ccc5df",
}

// pinnedSigning is the public key of SigningKey("log 330108") with master(1).
const pinnedSigning = "ee825ed6962c5cc10c55b021da056aae10b47c51d7ef20c0f3c274f09dff7627"
