package app

import (
	"fmt"
	"sync"

	"gezhi/internal/fault"
	"gezhi/internal/store"
)

// documents are published documents as they were parsed. They do not change, so that a set-up read anew parses only what is new.
type documents struct {
	mu     sync.Mutex
	parsed map[documentKey]any
}

type documentKey struct {
	kind, name string
	version    int
	body       string
}

// parsed is a document as parse reads it. What it gives is shared, and nobody changes it.
func parsed[T any](docs *documents, d store.Document, parse func(file string, body []byte) (T, error)) (T, error) {
	key := documentKey{d.Kind, d.Name, d.Version, d.Body}
	docs.mu.Lock()
	defer docs.mu.Unlock()
	if was, ok := docs.parsed[key]; ok {
		return was.(T), nil
	}
	now, err := parse(fmt.Sprintf("%s v%d", d.Name, d.Version), []byte(d.Body))
	if err == nil {
		if docs.parsed == nil {
			docs.parsed = map[documentKey]any{}
		}
		docs.parsed[key] = now
	}
	return now, err
}

// publication is a published document with what parse read of it.
type publication[T any] struct {
	store.Document
	Parsed T
}

// published are the documents of a kind that are no drafts, by name, oldest version first.
func published[T any](r *store.Reader, docs *documents, kind string, parse func(file string, body []byte) (T, error)) ([]publication[T], error) {
	list, err := r.Documents(kind)
	if err != nil {
		return nil, err
	}
	var out []publication[T]
	for _, d := range list {
		if d.State == "draft" {
			continue
		}
		now, err := parsed(docs, d, parse)
		if err != nil {
			return nil, err
		}
		out = append(out, publication[T]{d, now})
	}
	return out, nil
}

// newest is the newest published document of a kind that has one name; NotFound when there is none.
func newest[T any](r *store.Reader, docs *documents, kind string, parse func(file string, body []byte) (T, error)) (T, error) {
	d, err := latest(r, kind)
	if err != nil {
		var none T
		return none, err
	}
	return parsed(docs, d, parse)
}

// newestOr is newest, or else what common gives: where a zone has none of its own, the one that comes with the program.
func newestOr[T any](r *store.Reader, docs *documents, kind string, parse func(file string, body []byte) (T, error), common func() (T, error)) (T, error) {
	own, err := newest(r, docs, kind, parse)
	if fault.KindOf(err) == fault.NotFound {
		return common()
	}
	return own, err
}

// latest is newest as it was written.
func latest(r *store.Reader, kind string) (store.Document, error) {
	docs, err := r.Documents(kind)
	if err != nil {
		return store.Document{}, err
	}
	for i := len(docs) - 1; i >= 0; i-- {
		if docs[i].State != "draft" {
			return docs[i], nil
		}
	}
	return store.Document{}, fault.New(fault.NotFound, "辖区缺少“%s”设置。", "The district has no %s set up.", kind)
}
