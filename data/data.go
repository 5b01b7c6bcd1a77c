// Package data holds the files that are built into the program: the instruments, and the lenses to read them through.
package data

import (
	"embed"
	"io/fs"
)

//go:embed instruments lenses
var files embed.FS

// Instruments is the folder of the built-in instruments, one YAML file each.
var Instruments = folder("instruments")

// Lenses is the folder of the links to other frameworks; see the package lens.
var Lenses = folder("lenses")

func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // the name is a constant
	}
	return sub
}

// InstrumentSources returns the text of every built-in instrument, by name of file.
func InstrumentSources() ([][]byte, error) {
	names, err := fs.Glob(Instruments, "*.yaml")
	if err != nil {
		return nil, err
	}
	sources := make([][]byte, len(names))
	for i, name := range names {
		if sources[i], err = fs.ReadFile(Instruments, name); err != nil {
			return nil, err
		}
	}
	return sources, nil
}
