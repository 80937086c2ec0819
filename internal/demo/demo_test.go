package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/seal"
	"gezhi/internal/store"
	"gezhi/internal/testdb"
)

var present = time.Date(2026, 11, 20, 15, 30, 0, 0, time.FixedZone("CST", 8*3600)) // a Friday afternoon

func openTest(t testing.TB, dsn string) *app.App {
	t.Helper()
	key := sha256.Sum256([]byte("the demonstration's tests"))
	ring, err := seal.New(seal.AES, key[:])
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(context.Background(), dsn, store.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return app.New(db, ring, app.Options{Now: func() time.Time { return present }})
}

// lived builds a demonstration in a file and gives the file and the people.
func lived(t testing.TB, p Plan) (string, People) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "demo.db")
	a := openTest(t, "sqlite:"+file)
	p.Until, p.Seed = present, 2026
	people, err := Build(context.Background(), a, p)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.DB().Close(); err != nil {
		t.Fatal(err)
	}
	return file, people
}

// sealed columns and the process's own rows differ in every database; their order does not.
var differ = map[string][]string{"people": {"name", "phone"}, "staff": {"password", "totp"}, "sponsors": {"contact"},
	"redemptions": {"code", "code_hash"}, "commands": {"digest"}, "case_secrets": {"value"}, "grants": {"account"}} // a counter's command is known by its code

func digests(t *testing.T, file string) map[string]string {
	t.Helper()
	db := apptest.Raw(t, file)
	out := map[string]string{}
	names, err := db.Query(`SELECT t.name, group_concat(c.name) FROM sqlite_schema t JOIN pragma_table_info(t.name) c
		WHERE t.type='table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE 'goose%' AND t.name NOT LIKE 'case_text%' AND t.name <> 'openings' GROUP BY t.name`)
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string][]string{}
	for names.Next() {
		var table, list string
		if err := names.Scan(&table, &list); err != nil {
			t.Fatal(err)
		}
		columns[table] = slices.DeleteFunc(strings.Split(list, ","), func(c string) bool { return slices.Contains(differ[table], c) })
	}
	for table, list := range columns {
		for i, c := range list {
			list[i] = `quote("` + c + `")`
		}
		rows, err := db.Query(`SELECT ` + strings.Join(list, `||','||`) + ` AS line FROM ` + table + ` ORDER BY line`)
		if err != nil {
			t.Fatal(table, err)
		}
		h, n := sha256.New(), 0
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(h, line)
			n++
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		out[table] = fmt.Sprintf("%d rows %s", n, hex.EncodeToString(h.Sum(nil)[:8]))
	}
	return out
}

func TestTheSameDayGivesTheSameDatabase(t *testing.T) {
	one, first := lived(t, Plan{Days: 4})
	two, second := lived(t, Plan{Days: 4})
	a, b := digests(t, one), digests(t, two)
	for _, table := range slices.Sorted(maps.Keys(a)) {
		if a[table] != b[table] {
			t.Errorf("%s: %s and %s", table, a[table], b[table])
		}
	}
	for _, table := range []string{"cases", "case_events", "people", "appointments", "photos", "transfers", "rewards", "redemptions", "reward_stock", "sponsors"} {
		if strings.HasPrefix(a[table], "0 rows") {
			t.Errorf("%s is empty", table)
		}
	}
	if fmt.Sprint(first) != fmt.Sprint(second) {
		t.Error("other people to enter as")
	}
	for zone, list := range first {
		if len(list) < 12 {
			t.Errorf("zone %d has %d people to enter as, want 12 and more", zone, len(list))
		}
		groups := map[string]int{}
		for _, p := range list {
			groups[p.Group]++
			if p.Name == "" || p.DoesZH == "" || p.DoesEN == "" || p.RoleZH == "" || p.RoleEN == "" {
				t.Errorf("zone %d: %+v lacks words", zone, p)
			}
		}
		for _, g := range []string{"resident", "grid", "desk", "admin"} {
			if groups[g] < 3 {
				t.Errorf("zone %d has %d people in group %s", zone, groups[g], g)
			}
		}
	}
}

func verify(t *testing.T, a *app.App, zone int) []string {
	t.Helper()
	file, err := a.VerifyFile(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return append(sentences(file.Broken), verifyZone(t, a, zone)...)
}

func verifyZone(t *testing.T, a *app.App, zone int) []string {
	t.Helper()
	v, err := a.Verify(t.Context(), zone, nil)
	if err != nil {
		t.Fatal(err)
	}
	if v.Cases == 0 && len(v.Broken) == 0 {
		t.Error("nothing was looked at")
	}
	return sentences(v.Broken)
}

func sentences(broken []app.Broken) []string {
	var out []string
	for _, b := range broken {
		out = append(out, fmt.Sprintf("%s (%d): %s", b.Rule.EN, b.Count, b.First))
	}
	return out
}

const yangling = 610403

func TestEveryInvariantHoldsAfterALife(t *testing.T) {
	for engine, dsn := range map[string]func() string{
		"SQLite":     func() string { return "sqlite:" + filepath.Join(t.TempDir(), "d.db") },
		"PostgreSQL": func() string { return testdb.Postgres(t) },
	} {
		t.Run(engine, func(t *testing.T) {
			if engine == "PostgreSQL" && testdb.Missing() != "" {
				testdb.Postgres(t) // says what is missing and skips
			}
			a := openTest(t, dsn())
			if _, err := Build(t.Context(), a, Plan{Zones: []string{"yangling"}, Days: 5, Until: present, Seed: 7, Share: 200}); err != nil {
				t.Fatal(err)
			}
			if wrong := verify(t, a, yangling); len(wrong) > 0 {
				t.Errorf("broken:\n%s", strings.Join(wrong, "\n"))
			}
			id, err := a.EnterByPassword(t.Context(), yangling, "acceptor1", Password, "")
			if err != nil || id == 0 {
				t.Errorf("the password on the entrance page opens nothing: %v", err)
			}
		})
	}
}

func TestDamageToEachTableIsFound(t *testing.T) {
	whole, _ := lived(t, Plan{Zones: []string{"yangling"}, Days: 8, Share: 200})
	bytes, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ damage, want string }{
		"zones: hours that are none":            {`UPDATE zones SET hours='morning'`, "the set-up can be read"},
		"documents: a procedure cut short":      {`UPDATE documents SET body='stages: {' WHERE kind='procedure'`, "the set-up can be read"},
		"areas: a grid lost":                    {`DELETE FROM areas WHERE code=(SELECT min(code) FROM areas WHERE length(code)=15)`, "areas have parents"},
		"units: a unit lost":                    {`DELETE FROM units WHERE code='law'`, "posts in areas and units that exist"},
		"modes: nowhere":                        {`UPDATE modes SET area='999999'`, "areas have parents"},
		"people: a name of another person":      {`UPDATE people SET name=(SELECT name FROM people ORDER BY id LIMIT 1) WHERE id=(SELECT max(id) FROM people)`, "sealed data opens"},
		"people: a hash of nothing":             {`UPDATE people SET phone_hash=x'00' WHERE id=(SELECT max(id) FROM people)`, "sealed data opens"},
		"staff: of nobody":                      {`UPDATE staff SET person=5 WHERE login='leader'`, "accounts and posts of people who exist"},
		"memberships: of nobody":                {`UPDATE memberships SET person=5 WHERE role='leader'`, "accounts and posts of people who exist"},
		"appointments: over before begun":       {`UPDATE appointments SET to_at=1 WHERE id=(SELECT min(id) FROM appointments)`, "terms end after they begin"},
		"cases: another stage":                  {`UPDATE cases SET stage='filing' WHERE id=(SELECT id FROM cases WHERE stage='closed' LIMIT 1)`, "stands where its history ends"},
		"cases: another holder":                 {`UPDATE cases SET holder='officer/gas/' WHERE id=(SELECT id FROM cases WHERE stage='handling' LIMIT 1)`, "stands where its history ends"},
		"cases: a revision too many":            {`UPDATE cases SET revision=revision+1 WHERE id=(SELECT min(id) FROM cases)`, "revision counts its changes"},
		"cases: closed at another time":         {`UPDATE cases SET closed_at=0 WHERE id=(SELECT id FROM cases WHERE stage='closed' LIMIT 1)`, "stands where its history ends"},
		"cases: filed later":                    {`UPDATE cases SET filed_at=filed_at+1 WHERE id=(SELECT id FROM cases WHERE filed_at<>0 LIMIT 1)`, "dates are its history's"},
		"cases: a rating nobody gave":           {`UPDATE cases SET rating=5 WHERE id=(SELECT id FROM cases WHERE rating=0 LIMIT 1)`, "stands where its history ends"},
		"cases: level":                          {`UPDATE cases SET level=3 WHERE id=(SELECT id FROM cases WHERE level=0 LIMIT 1)`, "supervision level"},
		"cases: due later":                      {`UPDATE cases SET due_at=due_at+60000 WHERE id=(SELECT id FROM cases WHERE due_at<>0 LIMIT 1)`, "deadlines and alarms"},
		"cases: alarm off":                      {`UPDATE cases SET wake_at=0 WHERE id=(SELECT id FROM cases WHERE wake_at<>0 LIMIT 1)`, "deadlines and alarms"},
		"cases: unit":                           {`UPDATE cases SET unit='gas' WHERE id=(SELECT id FROM cases WHERE unit='law' LIMIT 1)`, "units read what they held"},
		"cases: number of another day":          {`UPDATE cases SET number='610403-20200101-00001' WHERE id=(SELECT min(id) FROM cases)`, "number carries its day"},
		"cases: one lost":                       {`DELETE FROM cases WHERE id=(SELECT min(id) FROM cases)`, "history of cases that exist"},
		"case_tasks: one lost":                  {`DELETE FROM case_tasks WHERE case_id=(SELECT min(case_id) FROM case_tasks)`, "inboxes hold what cases wait for"},
		"case_tasks: one too many":              {`INSERT INTO case_tasks SELECT zone,'officer/gas/',due_at,case_id,kind,since FROM case_tasks LIMIT 1`, "inboxes hold what cases wait for"},
		"case_units: one lost":                  {`DELETE FROM case_units WHERE case_id=(SELECT min(case_id) FROM case_units)`, "units read what they held"},
		"case_units: one too many":              {`INSERT INTO case_units SELECT zone,'gas',min(id) FROM cases WHERE unit='law'`, "units read what they held"},
		"case_events: the last one lost":        {`DELETE FROM case_events WHERE case_id=(SELECT min(id) FROM cases) AND seq=(SELECT max(seq) FROM case_events WHERE case_id=(SELECT min(id) FROM cases))`, "stands where its history ends"},
		"case_events: a gap":                    {`UPDATE case_events SET seq=seq+100 WHERE case_id=(SELECT min(id) FROM cases) AND seq=2`, "numbered without gaps"},
		"case_events: an illegal step":          {`UPDATE case_events SET move='close' WHERE move='accept' AND case_id=(SELECT min(case_id) FROM case_events WHERE move='accept')`, "follows from the one before"},
		"case_events: by nobody":                {`UPDATE case_events SET actor=5 WHERE seq=1 AND case_id=(SELECT min(id) FROM cases)`, "those who acted are known"},
		"photos: one lost":                      {`DELETE FROM photos WHERE id=(SELECT min(id) FROM photos WHERE case_id<>0)`, "photos are those that history names"},
		"photos: another picture":               {`UPDATE photos SET full_jpeg=thumb_jpeg WHERE id=(SELECT min(id) FROM photos)`, "a photo is what its digest says"},
		"counters: set back":                    {`UPDATE counters SET n=0`, "numbers were counted"},
		"notices: to nobody":                    {`UPDATE notices SET person=5, holder='' WHERE id=(SELECT min(id) FROM notices)`, "messages have a reader"},
		"notice_reads: by nobody":               {`INSERT INTO notice_reads VALUES (610403, 5, 5)`, "read marks"},
		"saved_views: of nobody":                {`INSERT INTO saved_views VALUES (610403, 5, 'x', '', 0)`, "read marks"},
		"transfers: another amount":             {`UPDATE transfers SET amount=amount+1 WHERE id=(SELECT min(id) FROM transfers)`, "follows from the one before"},
		"transfers: one lost":                   {`DELETE FROM transfers WHERE id=(SELECT min(id) FROM transfers)`, "accounts agree with their lines"},
		"transfers: another balance":            {`UPDATE transfers SET to_balance=to_balance+1 WHERE to_n=1 AND to_account LIKE 'person:%'`, "each line of an account follows"},
		"transfers: another line before":        {`UPDATE transfers SET to_prev=0 WHERE seq=(SELECT min(seq) FROM transfers WHERE to_prev<>0)`, "each line of an account follows"},
		"accounts: an older line":               {`UPDATE accounts SET last=(SELECT to_prev FROM transfers WHERE seq=last) WHERE account LIKE 'person:%'`, "point to their newest line"},
		"account_marks: one too many":           {`INSERT INTO account_marks SELECT zone, account, asset, 64, last, 0 FROM accounts WHERE postings < 64 LIMIT 1`, "a mark at every 64th line"},
		"accounts: another balance":             {`UPDATE accounts SET balance=balance+5 WHERE account LIKE 'person:%'`, "accounts agree with their lines"},
		"lots: one nobody made":                 {`INSERT INTO lots SELECT zone, account, asset, 99, 1 FROM accounts WHERE account LIKE 'person:%' LIMIT 1`, "lots are what their transfers made"},
		"holds: one that was never set":         {`INSERT INTO holds (zone, id, state, to_account, until) VALUES (610403, 'x', 'open', 'pool:610403001', 0)`, "holds agree with the books"},
		"audit: by nobody":                      {`INSERT INTO audit (zone,id,at,actor,action) VALUES (610403,1,1,5,'reveal')`, "the audit log names"},
		"commands: a case that is not":          {`UPDATE commands SET result='5' WHERE key=(SELECT min(key) FROM commands WHERE key LIKE 'report:%')`, "answers kept for retries"},
		"case_text: one not indexed":            {`DELETE FROM case_text WHERE rowid=(SELECT min(id) FROM cases)`, "found by full text"},
		"case_text: of no case":                 {`INSERT INTO case_text (rowid, body) VALUES (5, 'x')`, "full text of cases that exist"},
		"rewards: more than there is":           {`UPDATE rewards SET stock=stock+1 WHERE id=(SELECT min(id) FROM rewards)`, "stock is what its movements come to"},
		"rewards: of nobody":                    {`UPDATE rewards SET sponsor=5 WHERE id=(SELECT min(id) FROM rewards)`, "rewards of areas and sponsors that exist"},
		"reward_stock: another amount":          {`UPDATE reward_stock SET amount=amount+1 WHERE n=1 AND reward=(SELECT min(id) FROM rewards)`, "stock movements replay"},
		"reward_stock: one lost":                {`DELETE FROM reward_stock WHERE kind='take' AND ref=(SELECT min(ref) FROM reward_stock WHERE kind='take')`, "stock is taken and given back by redemptions"},
		"redemptions: collected, so it is said": {`UPDATE redemptions SET state='collected', done_at=1, code=x'' WHERE id=(SELECT max(id) FROM redemptions WHERE state='reserved')`, "redemptions agree with their holds"},
		"redemptions: cheaper":                  {`UPDATE redemptions SET price=price-1 WHERE id=(SELECT min(id) FROM redemptions)`, "redemptions agree with their holds"},
		"redemptions: somebody else's":          {`UPDATE redemptions SET person=5 WHERE id=(SELECT min(id) FROM redemptions)`, "redemptions of people and rewards that exist"},
		"redemptions: another's code":           {`UPDATE redemptions SET code=(SELECT contact FROM sponsors LIMIT 1) WHERE id=(SELECT max(id) FROM redemptions WHERE state='reserved')`, "sealed data opens"},
		"redemptions: settled by nothing":       {`UPDATE redemptions SET settlement='JS-1' WHERE id=(SELECT min(id) FROM redemptions)`, "statements are what they count"},
		"sponsors: another's contact":           {`UPDATE sponsors SET contact=(SELECT contact FROM sponsors ORDER BY id LIMIT 1)`, "sealed data opens"},
		"sponsors: one lost":                    {`DELETE FROM sponsors WHERE id=(SELECT min(sponsor) FROM rewards WHERE sponsor<>0)`, "rewards of areas and sponsors that exist"},
		"sponsor_gifts: of nothing":             {`INSERT INTO sponsor_gifts SELECT zone,5,id,area,1,'','x',1,5,'',0,0 FROM sponsors LIMIT 1`, "a sponsor's account holds"},
		"settlements: of nothing":               {`INSERT INTO settlements SELECT zone,'JS-1',id,'2026-01',1,5,0,5,'','','x',1,5,0,0 FROM sponsors LIMIT 1`, "statements are what they count"},
		"holds: called off":                     {`UPDATE holds SET state='voided', done_at=1 WHERE id=(SELECT max(hold) FROM redemptions WHERE state='reserved')`, "redemptions agree with their holds"},
		"awards: more points":                   {`UPDATE awards SET points=points+1 WHERE id=(SELECT min(id) FROM awards WHERE state='posted')`, "posted awards are in the books"},
		"awards: another state":                 {`UPDATE awards SET state='refused', posted_at=0, pool='' WHERE id=(SELECT min(id) FROM awards WHERE state='posted')`, "an award follows from its history"},
		"awards: approved by the earner":        {`UPDATE award_events SET actor=(SELECT person FROM awards a WHERE a.id=award) WHERE act='publish'`, "nobody reviews their own"},
		"awards: to nobody":                     {`UPDATE awards SET person=5, subject='person:5' WHERE id=(SELECT min(id) FROM awards)`, "awards of people"},
		"award_events: the last one lost":       {`DELETE FROM award_events WHERE award=(SELECT min(id) FROM awards) AND seq=(SELECT events FROM awards ORDER BY id LIMIT 1)`, "an award follows from its history"},
		"award_photos: another picture":         {`UPDATE award_photos SET sha256=x'00' WHERE award=(SELECT min(award) FROM award_photos)`, "evidence is the photos it names"},
		"objections: decided by one":            {`INSERT INTO objections (zone,id,award,by_person,at,reason,state) SELECT zone,1,id,person,1,'x','upheld' FROM awards LIMIT 1`, "two people decide an objection"},
		"households: a head from outside":       {`UPDATE households SET head=(SELECT max(id) FROM people)`, "a head is a member"},
		"allotments: another amount":            {`UPDATE allotments SET points=points+1`, "allotments are in the books"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "damaged.db")
			if err := os.WriteFile(file, bytes, 0o600); err != nil {
				t.Fatal(err)
			}
			db := apptest.Raw(t, file)
			done, err := db.Exec(c.damage)
			if err != nil {
				t.Fatal(err)
			}
			if n, _ := done.RowsAffected(); n == 0 {
				t.Fatal("nothing was damaged")
			}
			db.Close()
			wrong := verifyZone(t, openTest(t, "sqlite:"+file), yangling)
			if !slices.ContainsFunc(wrong, func(w string) bool { return strings.Contains(w, c.want) }) {
				t.Errorf("found %q, want %q among it", wrong, c.want)
			}
		})
	}
}

// TestATamperedRecordIsFound changes one column of one row of a lived-in database, for every column of the tables that
// records are made of, and wants it found. A column added to one of them is tried too.
func TestATamperedRecordIsFound(t *testing.T) {
	whole, _ := lived(t, Plan{Zones: []string{"yangling"}, Days: 41, Share: 8}) // long enough for a month to be settled
	bytes, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range strings.Fields(`awards award_events award_photos objections redemptions rewards sponsors sponsor_gifts settlements allotments
		households household_members activities activity_people activity_events audit case_links draws files`) {
		for i, column := range apptest.Columns(t, whole, table) {
			t.Run(table+"."+column, func(t *testing.T) {
				t.Parallel()
				file := filepath.Join(t.TempDir(), "tampered.db")
				if err := os.WriteFile(file, bytes, 0o600); err != nil {
					t.Fatal(err)
				}
				cond := "1=1"
				if table == "files" { // what nothing has named yet is in no record
					cond = "case_id <> 0 OR grant_id <> 0"
				}
				if column == "code_hash" { // once a redemption is over its code is forgotten, and nothing tells whose hash that was
					cond = "state = 'reserved'"
				}
				if !apptest.TamperWhere(t, file, table, column, cond, i%2 == 1) {
					t.Fatal("there is no row to tamper with")
				}
				if found := verifyZone(t, openTest(t, "sqlite:"+file), yangling); len(found) == 0 {
					t.Error("nobody notices")
				}
			})
		}
	}
}

func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		lived(b, Plan{Days: 60})
	}
}

// TestTheGridWorkerHasSomethingToDoAtAnyHour ends lives at several hours, also when every report of the day is checked.
func TestTheGridWorkerHasSomethingToDoAtAnyHour(t *testing.T) {
	for _, hour := range []int{7, 23} {
		until := time.Date(2026, 11, 20, hour, 28, 0, 0, present.Location())
		a := openTest(t, "sqlite:"+filepath.Join(t.TempDir(), "demo.db"))
		people, err := Build(t.Context(), a, Plan{Zones: []string{"binjiang"}, Days: 2, Until: until, Seed: 2026, Share: 20})
		if err != nil {
			t.Fatal(err)
		}
		met := false
		for _, p := range people[330108] {
			if p.RoleZH != "专职网格员" {
				continue
			}
			met = true
			v, err := a.ViewerOf(t.Context(), 330108, p.Person)
			if err != nil {
				t.Fatal(err)
			}
			if n, _, err := a.InboxCount(t.Context(), v); err != nil || n == 0 {
				t.Errorf("at %s the grid worker has %d tasks (%v)", until.Format("15:04"), n, err)
			}
		}
		if !met {
			t.Errorf("at %s no grid worker is on the list", until.Format("15:04"))
		}
	}
}
