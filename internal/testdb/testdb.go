// Package testdb gives a test a PostgreSQL database of its own. Only tests import it.
package testdb

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gezhi/internal/needs"
)

// Variable is the environment variable with the URL of a cluster in which databases may be created,
// such as postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable. `make test` sets it; `make pg` prints one.
const Variable = "GEZHI_TEST_POSTGRES"

// patience is how long one administrative statement may take. CREATE DATABASE waits for other
// tests that are doing the same on a slow disk.
const patience = time.Minute

// Missing says why there is no PostgreSQL for tests, or nothing when there is.
func Missing() string {
	if os.Getenv(Variable) == "" {
		return Variable + " is not set"
	}
	return ""
}

// Postgres creates a database gezhi_test_<random> and returns its URL; the test's cleanup drops it,
// cutting connections that are still open. Without a cluster the test is skipped.
func Postgres(t testing.TB) string {
	t.Helper()
	// template0: nobody is ever connected to it, so creating from it never has to wait for a visitor.
	return create(t, cluster(t), "template0")
}

// Copied is Postgres with what fill puts into an empty database. fill runs once a process for each name; the other
// databases are copies, which take a fraction of the time. fill must leave no connection open.
func Copied(t testing.TB, name string, fill func(url string) error) string {
	t.Helper()
	in := cluster(t)
	made, _ := templates.LoadOrStore(name, &template{})
	of := made.(*template)
	of.once.Do(func() {
		of.name = "gezhi_template_" + strings.ToLower(rand.Text())
		do(t, in, "CREATE DATABASE "+of.name+" TEMPLATE template0")
		of.err = fill(database(in, of.name))
	})
	if of.err != nil {
		t.Fatalf("fill the template %s: %v", name, of.err)
	}
	return create(t, in, of.name)
}

// template is a database that others are copies of. It stays in the cluster, which is there for tests alone.
type template struct {
	once sync.Once
	name string
	err  error
}

var templates sync.Map // by the name of what fills them

func cluster(t testing.TB) *url.URL {
	t.Helper()
	if why := Missing(); why != "" {
		needs.PostgreSQL.Skip(t, why)
	}
	u, err := url.Parse(os.Getenv(Variable))
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		t.Fatalf("%s must be a URL that begins with postgres://", Variable)
	}
	return u
}

func create(t testing.TB, cluster *url.URL, template string) string {
	t.Helper()
	name := "gezhi_test_" + strings.ToLower(rand.Text())
	do(t, cluster, "CREATE DATABASE "+name+" TEMPLATE "+template)
	t.Cleanup(func() { do(t, cluster, "DROP DATABASE "+name+" WITH (FORCE)") })
	return database(cluster, name)
}

func database(cluster *url.URL, name string) string {
	own := *cluster
	own.Path = "/" + name
	return own.String()
}

// do runs one statement on a connection of its own, outside any transaction, as CREATE DATABASE demands.
func do(t testing.TB, cluster *url.URL, sql string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, cluster.String())
	if err != nil {
		t.Fatalf("connect to the cluster in %s: %v", Variable, err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}
