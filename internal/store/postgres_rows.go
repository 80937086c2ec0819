package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// postgresRows is a result of pgx as a cursor.
type postgresRows struct {
	rows    pgx.Rows
	results pgx.BatchResults // nil when the query was not part of a batch
	types   *pgtype.Map
	owner   interface{ closed(*postgresRows, error) }
	done    bool
	err     error
}

func (r *postgresRows) Next() bool {
	if r.done {
		return false
	}
	if r.rows.Next() {
		return true
	}
	r.Close()
	return false
}

func (r *postgresRows) columns() int { return len(r.rows.FieldDescriptions()) }

func (r *postgresRows) column(i int) (value, error) {
	return decode(r.types, r.rows.FieldDescriptions()[i].DataTypeOID, r.rows.FieldDescriptions()[i].Format, r.rows.RawValues()[i])
}

func (r *postgresRows) Err() error { return r.err }

func (r *postgresRows) Close() {
	if r.done {
		return
	}
	r.done = true
	r.rows.Close()
	r.err = r.rows.Err()
	if r.results != nil {
		if err := r.results.Close(); r.err == nil {
			r.err = err
		}
	}
	r.owner.closed(r, r.err)
}

// closed is told by a result that it was read or given up; an error there is the transaction's.
func (p *pipeline) closed(_ *postgresRows, err error) {
	p.rows = nil
	if err != nil {
		p.lose(err)
	}
}

// decode reads a column as the value both engines share. raw is copied.
func decode(types *pgtype.Map, oid uint32, format int16, raw []byte) (value, error) {
	if raw == nil {
		return value{}, nil
	}
	if format == pgtype.BinaryFormatCode {
		switch oid {
		case pgtype.Int8OID:
			return value{kind: integer, i: int64(binary.BigEndian.Uint64(raw))}, nil
		case pgtype.Int4OID:
			return value{kind: integer, i: int64(int32(binary.BigEndian.Uint32(raw)))}, nil
		case pgtype.Int2OID:
			return value{kind: integer, i: int64(int16(binary.BigEndian.Uint16(raw)))}, nil
		case pgtype.BoolOID:
			return value{kind: integer, i: int64(raw[0])}, nil
		case pgtype.Float8OID:
			return value{kind: real, f: math.Float64frombits(binary.BigEndian.Uint64(raw))}, nil
		case pgtype.ByteaOID:
			return value{kind: blob, b: append([]byte{}, raw...)}, nil
		}
	}
	switch oid {
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.NameOID, pgtype.UnknownOID:
		return value{kind: text, s: string(raw)}, nil
	}
	return decodeRare(types, oid, format, raw)
}

// decodeRare reads types that only expressions have: sum(BIGINT) is NUMERIC, for one.
func decodeRare(types *pgtype.Map, oid uint32, format int16, raw []byte) (value, error) {
	if oid == pgtype.NumericOID {
		var n pgtype.Numeric
		if err := types.Scan(oid, format, raw, &n); err != nil {
			return value{}, err
		}
		if i, err := n.Int64Value(); err == nil && i.Valid {
			return value{kind: integer, i: i.Int64}, nil
		}
		f, err := n.Float64Value()
		return value{kind: real, f: f.Float64}, err
	}
	t, ok := types.TypeForOID(oid)
	if !ok {
		return value{}, fmt.Errorf("a column of PostgreSQL's type %d cannot be read", oid)
	}
	v, err := t.Codec.DecodeDatabaseSQLValue(types, oid, format, raw)
	if err != nil {
		return value{}, err
	}
	switch x := v.(type) {
	case int64:
		return value{kind: integer, i: x}, nil
	case float64:
		return value{kind: real, f: x}, nil
	case bool:
		return value{kind: integer, i: bit(x)}, nil
	case string:
		return value{kind: text, s: x}, nil
	case []byte:
		return value{kind: blob, b: x}, nil
	}
	return value{}, fmt.Errorf("a column of PostgreSQL's type %s cannot be read", t.Name)
}

// snapshot reads for one view.
type snapshot struct {
	pool *pgxpool.Pool
	conn *pgxpool.Conn // nil before the first query
	rows *postgresRows
}

// query runs a statement. The first one brings BEGIN with it; when that finds its connection dead,
// which a pool cannot know beforehand, another is tried.
func (s *snapshot) query(ctx context.Context, sql string, args []any) (cursor, error) {
	if s.rows != nil {
		return nil, errRowsOpen
	}
	bound := make([]any, len(args))
	for i, a := range args {
		v, err := bindable(a)
		if err != nil {
			return nil, fmt.Errorf("argument %d: %w", i+1, err)
		}
		bound[i] = v
	}
	if s.conn == nil {
		return s.first(ctx, sql, bound)
	}
	rows, err := s.conn.Query(ctx, sql, bound...)
	if err != nil {
		return nil, err
	}
	s.rows = &postgresRows{rows: rows, types: s.conn.Conn().TypeMap(), owner: s}
	return s.rows, nil
}

func (s *snapshot) first(ctx context.Context, sql string, args []any) (cursor, error) {
	for {
		conn, err := s.pool.Acquire(ctx)
		if err != nil {
			return nil, err
		}
		b := &pgx.Batch{}
		b.Queue(beginRead)
		b.Queue(sql, args...)
		results := conn.SendBatch(ctx, b)
		_, err = results.Exec()
		if err == nil {
			rows, err := results.Query()
			if err != nil {
				results.Close()
				conn.Release()
				return nil, err
			}
			s.conn = conn
			s.rows = &postgresRows{rows: rows, results: results, types: conn.Conn().TypeMap(), owner: s}
			return s.rows, nil
		}
		results.Close()
		dead := conn.Conn().IsClosed() && ctx.Err() == nil && !errors.Is(err, context.Canceled)
		conn.Release()
		if !dead { // each try uses up one dead connection, so this ends
			return nil, err
		}
	}
}

func (s *snapshot) closed(*postgresRows, error) { s.rows = nil }

// end gives the connection back. The snapshot has nothing to keep.
func (s *snapshot) end() {
	if s.conn == nil {
		return
	}
	if s.rows != nil {
		s.rows.Close()
	}
	if !s.conn.Conn().IsClosed() {
		s.conn.Exec(context.Background(), "ROLLBACK")
	}
	s.conn.Release()
}
