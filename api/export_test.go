package api

import "github.com/gin-gonic/gin"

// Engine lets tests see every route that is registered.
func Engine(cfg Config) (*gin.Engine, error) { return cfg.engine() }
