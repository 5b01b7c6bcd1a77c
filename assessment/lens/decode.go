package lens

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"migov/assessment/survey"
)

// Set is the lenses that are built in, by id of their framework.
type Set map[string]*Lens

// The sources of the ids in frameworks.yaml: A/RES/73/195 (23 objectives), A/RES/70/1 (169 targets), A/RES/71/256 (175 paragraphs),
// MICIC Initiative, Guidelines to Protect Migrants in Countries Experiencing Conflict or Natural Disaster, 2016 (15 guidelines).

// Load reads frameworks.yaml, which says what objectives there are, and for each framework the links that were written.
func Load(files fs.FS) (Set, error) {
	source, err := fs.ReadFile(files, "frameworks.yaml")
	if err != nil {
		return nil, err
	}
	var frame struct {
		Format        int                 `yaml:"format"`
		Questionnaire string              `yaml:"questionnaire"`
		Frameworks    map[string][]string `yaml:"frameworks"`
	}
	if err := decode("frameworks.yaml", source, &frame); err != nil {
		return nil, err
	}
	if frame.Format != 1 || frame.Questionnaire == "" {
		return nil, errors.New("frameworks.yaml: format 1 and a questionnaire are needed")
	}
	out := Set{}
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, err
	}
	for id, ranges := range frame.Frameworks {
		targets, err := expand(ranges)
		if err != nil {
			return nil, fmt.Errorf("frameworks.yaml: %s: %w", id, err)
		}
		l := &Lens{Framework: id, Questionnaire: frame.Questionnaire, Targets: targets}
		if name := id + ".yaml"; slices.Contains(names, name) {
			source, err := fs.ReadFile(files, name)
			if err != nil {
				return nil, err
			}
			if err := l.read(name, source); err != nil {
				return nil, err
			}
		}
		out[id] = l
	}
	for _, name := range names {
		if id := strings.TrimSuffix(path.Base(name), ".yaml"); id != "frameworks" && out[id] == nil {
			return nil, fmt.Errorf("%s: frameworks.yaml does not know %s", name, id)
		}
	}
	return out, nil
}

func (l *Lens) read(name string, source []byte) error {
	var file struct {
		Format    int    `yaml:"format"`
		Framework string `yaml:"framework"`
		Links     []struct {
			Indicator string            `yaml:"indicator"`
			Target    string            `yaml:"target"`
			Type      Type              `yaml:"type"`
			Why       map[string]string `yaml:"why"`
		} `yaml:"links"`
	}
	if err := decode(name, source, &file); err != nil {
		return err
	}
	if file.Format != 1 || file.Framework != l.Framework {
		return fmt.Errorf("%s: format 1 and framework %s are needed", name, l.Framework)
	}
	l.at = map[[2]string]int{}
	for i, k := range file.Links {
		pair := [2]string{k.Indicator, k.Target}
		why := survey.Text{}
		for language, text := range k.Why {
			why[survey.Language(language)] = text
		}
		_, twice := l.at[pair]
		switch {
		case twice:
			return fmt.Errorf("%s: %s and %s are linked twice", name, k.Indicator, k.Target)
		case !k.Type.Known():
			return fmt.Errorf("%s: %s to %s: %q is no type", name, k.Indicator, k.Target, k.Type)
		case why[survey.English] == "":
			return fmt.Errorf("%s: %s to %s has no reason in English", name, k.Indicator, k.Target)
		case !slices.Contains(l.Targets, k.Target):
			return fmt.Errorf("%s: %s has no %s", name, l.Framework, k.Target)
		}
		l.at[pair] = i
		l.Links = append(l.Links, Link{k.Indicator, k.Target, k.Type, why})
	}
	return nil
}

func decode(name string, source []byte, into any) error {
	if err := yaml.NewDecoder(bytes.NewReader(source), yaml.Strict()).Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// expand writes "1-23" and "16.1-16.10" out; anything else is an id.
func expand(ranges []string) (ids []string, err error) {
	for _, r := range ranges {
		from, to, many := strings.Cut(r, "-")
		if !many {
			ids = append(ids, r)
			continue
		}
		goal := from[:strings.LastIndexByte(from, '.')+1]
		first, e1 := strconv.Atoi(strings.TrimPrefix(from, goal))
		last, e2 := strconv.Atoi(strings.TrimPrefix(to, goal))
		if e1 != nil || e2 != nil || last < first || last > 1000 {
			return nil, fmt.Errorf("%q is no range", r)
		}
		for n := first; n <= last; n++ {
			ids = append(ids, goal+strconv.Itoa(n))
		}
	}
	return ids, nil
}
