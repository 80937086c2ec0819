package store

import (
	"database/sql"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"gezhi/internal/fault"
)

// kind is what a stored value is. Both engines' columns come down to these five, so that one
// assign serves both and a type that only one of them would take never slips in.
type kind uint8

const (
	null kind = iota
	integer
	real
	text
	blob
)

func (k kind) String() string {
	return [...]string{"NULL", "an integer", "a real number", "text", "bytes"}[k]
}

// value is one column of one row, owned by whoever holds it.
type value struct {
	kind kind
	i    int64
	f    float64
	s    string
	b    []byte
}

// boxed is the value as database/sql names it.
func (v value) boxed() any {
	switch v.kind {
	case integer:
		return v.i
	case real:
		return v.f
	case text:
		return v.s
	case blob:
		return v.b
	}
	return nil
}

func mismatch(v value, dest any) error { return fmt.Errorf("cannot put %s into %T", v.kind, dest) }

// assign copies v into what dest points at.
func assign(dest any, v value) error {
	switch d := dest.(type) {
	case *int64:
		if v.kind == integer {
			*d = v.i
			return nil
		}
	case *int:
		if v.kind == integer {
			*d = int(v.i)
			return nil
		}
	case *string:
		if v.kind == text {
			*d = v.s
			return nil
		}
	case *bool:
		if v.kind == integer && (v.i == 0 || v.i == 1) {
			*d = v.i == 1
			return nil
		}
	case *time.Time:
		return assignTime(d, v)
	case *[]byte:
		return assignBytes(d, v)
	case *float64:
		return assignFloat(d, v)
	case *any:
		*d = v.boxed()
		return nil
	case sql.Scanner:
		return d.Scan(v.boxed())
	default:
		return assignReflect(dest, v)
	}
	return mismatch(v, dest)
}

func assignTime(d *time.Time, v value) error {
	switch {
	case v.kind == null, v.kind == integer && v.i == 0:
		*d = time.Time{}
	case v.kind == integer:
		*d = time.UnixMilli(v.i).UTC()
	default:
		return mismatch(v, d)
	}
	return nil
}

func assignBytes(d *[]byte, v value) error {
	switch v.kind {
	case null:
		*d = nil
	case blob:
		*d = v.b
	case text:
		*d = []byte(v.s)
	default:
		return mismatch(v, d)
	}
	return nil
}

func assignFloat(d *float64, v value) error {
	switch v.kind {
	case real:
		*d = v.f
	case integer:
		*d = float64(v.i)
	default:
		return mismatch(v, d)
	}
	return nil
}

// assignReflect serves named types and pointers, where NULL becomes nil.
func assignReflect(dest any, v value) error {
	p := reflect.ValueOf(dest)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return fmt.Errorf("cannot scan into %T, which is no pointer", dest)
	}
	e := p.Elem()
	if e.Kind() == reflect.Pointer {
		if v.kind == null {
			e.SetZero()
			return nil
		}
		fresh := reflect.New(e.Type().Elem())
		if err := assign(fresh.Interface(), v); err != nil {
			return err
		}
		e.Set(fresh)
		return nil
	}
	switch {
	case e.CanInt() && v.kind == integer && !e.OverflowInt(v.i):
		e.SetInt(v.i)
	case e.CanUint() && v.kind == integer && v.i >= 0 && !e.OverflowUint(uint64(v.i)):
		e.SetUint(uint64(v.i))
	case e.CanFloat() && v.kind == real:
		e.SetFloat(v.f)
	case e.Kind() == reflect.String && v.kind == text:
		e.SetString(v.s)
	case e.Kind() == reflect.Bool && v.kind == integer && (v.i == 0 || v.i == 1):
		e.SetBool(v.i == 1)
	case e.Kind() == reflect.Slice && e.Type().Elem().Kind() == reflect.Uint8 && v.kind == null:
		e.SetZero()
	case e.Kind() == reflect.Slice && e.Type().Elem().Kind() == reflect.Uint8 && v.kind == text:
		e.SetBytes([]byte(v.s))
	case e.Kind() == reflect.Slice && e.Type().Elem().Kind() == reflect.Uint8 && v.kind == blob:
		e.SetBytes(v.b)
	default:
		return mismatch(v, dest)
	}
	return nil
}

// bindable turns an argument into one of the five things both engines store: nil, int64, float64,
// string, []byte. Times become unix milliseconds, the zero time 0; bools 0 and 1.
func bindable(a any) (any, error) {
	switch x := a.(type) {
	case nil, int64, []byte:
		return x, nil
	case float64:
		if math.IsNaN(x) {
			return nil, fmt.Errorf("NaN cannot be stored") // SQLite would store NULL instead
		}
		return x, nil
	case string:
		return a, storable(x)
	case int:
		return int64(x), nil
	case bool:
		return bit(x), nil
	case time.Time:
		if x.IsZero() {
			return int64(0), nil
		}
		return x.UnixMilli(), nil
	}
	return bindReflect(a)
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func bindReflect(a any) (any, error) {
	v := reflect.ValueOf(a)
	switch {
	case v.Kind() == reflect.Pointer && v.IsNil():
		return nil, nil
	case v.Kind() == reflect.Pointer:
		return bindable(v.Elem().Interface())
	case v.CanInt():
		return v.Int(), nil
	case v.CanUint() && v.Uint() <= math.MaxInt64:
		return int64(v.Uint()), nil
	case v.CanFloat():
		return bindable(v.Float())
	case v.Kind() == reflect.String:
		return v.String(), storable(v.String())
	case v.Kind() == reflect.Bool:
		return bit(v.Bool()), nil
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		return v.Bytes(), nil
	}
	return nil, fmt.Errorf("cannot store a %T", a)
}

// storable refuses what PostgreSQL cannot hold in text, on both engines.
func storable(s string) error {
	if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
		return fault.New(fault.Invalid, "文字中含有无法保存的字符。", "The text contains characters that cannot be stored.")
	}
	return nil
}
