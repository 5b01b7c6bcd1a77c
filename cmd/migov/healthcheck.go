package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

// healthcheckCommand asks a server on the same machine; an image without a shell has nothing else to ask with.
func (p *program) healthcheckCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "healthcheck",
		Short: "Ask the server at --listen on this machine whether it is ready",
		Long:  "Healthcheck asks /readyz of the server that listens at --listen. The exit code is 0 when it is ready, else 1.",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			host, port, err := net.SplitHostPort(p.settings.Listen)
			if err != nil {
				return usageError{p.settings.check()}
			}
			if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
				host = "localhost"
			}
			ctx, cancel := context.WithTimeout(c.Context(), 4*time.Second)
			defer cancel()
			ask, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", http.NoBody)
			if err != nil {
				return err
			}
			reply, err := http.DefaultClient.Do(ask)
			if err != nil {
				return fmt.Errorf("No server answers at %s.", p.settings.Listen)
			}
			defer reply.Body.Close()
			if reply.StatusCode != http.StatusOK {
				return fmt.Errorf("The server at %s is not ready.", p.settings.Listen)
			}
			_, err = fmt.Fprintln(p.out, "ready")
			return err
		},
	}
	p.serverFlags(c)
	return c
}
