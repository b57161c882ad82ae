//go:build packages

// Package packages is never built: it names the packages that later stages use, so that they are fetched once, with the first ones.
package packages

import _ "github.com/jackc/pgx/v5/pgxpool"
