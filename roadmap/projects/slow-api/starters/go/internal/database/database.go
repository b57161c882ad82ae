// Package database connects to PostgreSQL.
package database

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// With gives use a connection to the database, and closes it afterwards.
func With[T any](ctx context.Context, url string, use func(*pgx.Conn) (T, error)) (T, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		var none T
		return none, err
	}
	defer conn.Close(ctx)
	return use(conn)
}
