// Package database connects to PostgreSQL.
package database

import (
	"context"

	"github.com/jackc/pgx/v5"
	//@ stage 7
	"github.com/jackc/pgx/v5/pgxpool"
	//@ end
)

//@ stage 7
// most is how many connections there are at once; who finds none free waits.
const most = 10

//@ end
// Database is where connections come from.
type Database struct {
	//@ stage 1-6
	config *pgx.ConnConfig
	//@ end
	//@ stage 7
	pool *pgxpool.Pool
	//@ end
}

// Open prepares connections to a database, which need not be up yet. It fails when url names none.
func Open(url string) (*Database, error) {
	//@ stage 1-6
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	config.Tracer = tracer{}
	return &Database{config}, nil
	//@ end
	//@ stage 7
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	config.MaxConns = most
	config.ConnConfig.Tracer = tracer{}
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	return &Database{pool}, err
	//@ end
}

//@ stage 1-6
// With gives use a connection to the database, and closes it afterwards.
func With[T any](ctx context.Context, database *Database, use func(*pgx.Conn) (T, error)) (T, error) {
	conn, err := pgx.ConnectConfig(ctx, database.config)
	if err != nil {
		var none T
		return none, err
	}
	defer conn.Close(ctx)
	return use(conn)
}
//@ end
//@ stage 7
// With lends use a connection to the database. The pool drops one that comes back broken, or in the middle of a transaction.
func With[T any](ctx context.Context, database *Database, use func(*pgx.Conn) (T, error)) (T, error) {
	conn, err := database.pool.Acquire(ctx)
	if err != nil {
		var none T
		return none, err
	}
	defer conn.Release()
	return use(conn.Conn())
}
//@ end
