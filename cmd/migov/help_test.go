package main

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Whoever runs migov finds each setting: as a flag of serve or in the manual, and, beside those of the image, in compose.yaml.
func TestEverySettingIsFound(t *testing.T) {
	p := &program{}
	p.settings, _ = readSettings(nil)
	root := p.root()
	serve, _, err := root.Find([]string{"serve"})
	if err != nil {
		t.Fatal(err)
	}
	compose, err := os.ReadFile("../../compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	ours := []string{"MIGOV_LISTEN", "MIGOV_DEMO", "MIGOV_LOG_LEVEL", "MIGOV_LOG_FORMAT", "MIGOV_DRAIN", // of the image, or not for real use
		"MIGOV_SMTP_PASSWORD_FILE", "MIGOV_OIDC_CLIENT_SECRET_FILE"} // files, which an image does not see
	for field := range reflect.TypeFor[settings]().Fields() {
		name := prefix + field.Tag.Get("env")
		flag := strings.ToLower(strings.ReplaceAll(field.Tag.Get("env"), "_", "-"))
		named := strings.Contains(root.Long, name) || strings.HasPrefix(name, "MIGOV_RETENTION_") && strings.Contains(root.Long, "MIGOV_RETENTION_")
		if serve.Flags().Lookup(flag) == nil && !named {
			t.Errorf("%s has no flag and does not stand in the manual", name)
		}
		if !slices.Contains(ours, name) && !strings.Contains(string(compose), " "+name+":") {
			t.Errorf("%s does not stand in compose.yaml", name)
		}
	}
}
