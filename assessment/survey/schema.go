package survey

import _ "embed"

// Schema is the JSON Schema (draft 2020-12) of instrument files of format 1, with which an editor completes and checks them.
//
//go:embed instrument.schema.json
var Schema []byte
