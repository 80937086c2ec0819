package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"gezhi/internal/lang"
)

// Invariant is something that must hold of a zone's rows at every instant.
type Invariant struct {
	Name lang.Text
	// SQL gives one line of text for each violation, with $1 the zone.
	SQL string
}

// Finding is one violation.
type Finding struct {
	Name   lang.Text
	Detail string
}

// Verify checks the invariants on one snapshot of the zone and, on SQLite, that the file itself is
// sound. No finding means that all is well.
func (db *DB) Verify(ctx context.Context, zone int, invariants []Invariant) ([]Finding, error) {
	broken, err := db.engine.integrity(ctx)
	if err != nil {
		return nil, fmt.Errorf("verify the file: %w", err)
	}
	var found []Finding
	for _, b := range broken {
		found = append(found, Finding{lang.Text{ZH: "数据库文件完整", EN: "database file sound"}, b})
	}
	err = db.View(ctx, zone, func(r *Reader) error {
		for _, in := range invariants {
			lines, err := collect(r, func(rows *Rows) (s string, err error) { return s, rows.Scan(&s) }, in.SQL, zone)
			if err != nil {
				return fmt.Errorf("verify %s: %w", in.Name.EN, err)
			}
			for _, l := range lines {
				found = append(found, Finding{in.Name, l})
			}
		}
		return nil
	})
	return found, err
}

// Tallied is one broken invariant: how many rows break it, and the first.
type Tallied struct {
	Invariant
	Count int
	First string
}

// Tally counts the violations of each invariant without keeping them; an invariant that holds is left out.
func (r *Reader) Tally(invariants []Invariant) ([]Tallied, error) {
	var out []Tallied
	for _, in := range invariants {
		t, err := r.tally(in)
		if err != nil {
			return nil, fmt.Errorf("verify %s: %w", in.Name.EN, err)
		}
		if t.Count > 0 {
			out = append(out, t)
		}
	}
	return out, nil
}

func (r *Reader) tally(in Invariant) (Tallied, error) {
	t := Tallied{Invariant: in}
	rows, err := r.query(in.SQL, r.Zone)
	if err != nil {
		return t, err
	}
	defer rows.Close()
	for rows.Next() {
		if t.Count == 0 {
			if err := rows.Scan(&t.First); err != nil {
				return t, err
			}
		}
		t.Count++
	}
	return t, rows.Err()
}

// Damaged reports that an error comes from bytes on the disk that are no database's: a page that was overwritten, a file
// cut short. What else is in the file may still be read.
func Damaged(err error) bool {
	var lite *sqlite.Error
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &lite):
		code := lite.Code() & 0xff // without what extends it
		return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
	case errors.As(err, &pg):
		return pg.Code == "XX001" || pg.Code == "XX002" // data_corrupted, index_corrupted
	}
	return false
}

// Sound lists what is wrong with the database file itself; nothing on PostgreSQL, which looks after its own.
func (db *DB) Sound(ctx context.Context) ([]string, error) { return db.engine.integrity(ctx) }

// Invariants are what must hold among the rows of a zone, whatever its procedures say.
func Invariants(d Dialect) []Invariant {
	return append(slices.Concat(invariants(), rewardInvariants(), grantInvariants()), Invariant{lang.Text{ZH: "全文索引只含现有案件", EN: "full text of cases that exist"}, strayText(d)})
}

// strayText finds index entries without a case. SQLite keeps all zones in one index under ids of their own.
func strayText(d Dialect) string {
	if d == PostgreSQL {
		return `SELECT 'case ' || x.id FROM case_text x WHERE x.zone=$1 AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.zone=x.zone AND c.id=x.id)`
	}
	return `SELECT 'case ' || x.rowid FROM case_text x WHERE $1 <> 0 AND NOT EXISTS (SELECT 1 FROM zones z JOIN cases c ON c.zone=z.zone AND c.id=x.rowid)`
}

// of is an invariant named in both languages.
func of(zh, en, sql string) Invariant { return Invariant{lang.Text{ZH: zh, EN: en}, sql} }

func invariants() []Invariant {
	return []Invariant{
		of("办理记录属于现有案件", "history of cases that exist", `SELECT 'case ' || case_id || ' event ' || seq FROM case_events e WHERE zone=$1
			AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.zone=e.zone AND c.id=e.case_id)`),
		of("待办属于在办案件", "tasks of open cases", `SELECT 'case ' || case_id || ' task ' || kind FROM case_tasks t WHERE zone=$1
			AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.zone=t.zone AND c.id=t.case_id)`),
		of("单位可见范围属于现有案件和单位", "units' cases exist, and the units", `SELECT 'case ' || case_id || ' unit ' || unit FROM case_units u WHERE zone=$1
			AND (NOT EXISTS (SELECT 1 FROM cases c WHERE c.zone=u.zone AND c.id=u.case_id) OR NOT EXISTS (SELECT 1 FROM units x WHERE x.zone=u.zone AND x.code=u.unit))`),
		of("照片属于现有案件和人员", "photos of cases and people that exist", `SELECT 'photo ' || id FROM photos p WHERE zone=$1
			AND ((case_id <> 0 AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.zone=p.zone AND c.id=p.case_id)) OR NOT EXISTS (SELECT 1 FROM people x WHERE x.zone=p.zone AND x.id=p.by_person))`),
		of("材料属于现有案件、兑付和人员", "documents of cases, grants and people that exist", `SELECT 'document ' || id FROM files f WHERE zone=$1
			AND ((case_id <> 0 AND grant_id <> 0) OR (grant_id <> 0 AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.zone=f.zone AND g.id=f.grant_id))
			OR (grant_id = 0 AND material <> '') OR (case_id = 0 AND (entry <> 0 OR entries <> 0)) OR (case_id <> 0 AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.zone=f.zone AND c.id=f.case_id)) OR NOT EXISTS (SELECT 1 FROM people x WHERE x.zone=f.zone AND x.id=f.by_person))`),
		of("材料与其内容一一对应", "documents have their contents", `SELECT 'document ' || id FROM files f WHERE zone=$1 AND NOT EXISTS (SELECT 1 FROM file_bodies b WHERE b.zone=f.zone AND b.id=f.id)
			UNION ALL SELECT 'content ' || id FROM file_bodies b WHERE zone=$1 AND NOT EXISTS (SELECT 1 FROM files f WHERE f.zone=b.zone AND f.id=b.id)`),
		of("并案指向现有案件", "merged into cases that exist", `SELECT 'case ' || number FROM cases m WHERE zone=$1 AND merged_to <> 0
			AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.zone=m.zone AND c.id=m.merged_to)`),
		of("子件属于现有案件，编号随主件", "sub-cases of cases that exist, numbered after them", `SELECT 'case ' || c.number FROM cases c WHERE c.zone=$1 AND c.parent <> 0
			AND NOT EXISTS (SELECT 1 FROM cases p WHERE p.zone=c.zone AND p.id=c.parent AND c.number LIKE p.number || '-%')`),
		of("密封内容都在", "what was sealed is there", `SELECT 'case ' || e.case_id || ' event ' || e.seq FROM case_events e WHERE e.zone=$1 AND e.fields LIKE '%"sealed"%'
			AND NOT EXISTS (SELECT 1 FROM case_secrets s WHERE s.zone=e.zone AND s.case_id=e.case_id AND s.seq=e.seq)
			UNION ALL SELECT 'secret of case ' || s.case_id FROM case_secrets s WHERE s.zone=$1 AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.zone=s.zone AND c.id=s.case_id AND c.sealed <> '')`),
		of("上报人是登记人员", "reporters are known", `SELECT 'case ' || number FROM cases c WHERE zone=$1 AND reporter <> 0
			AND NOT EXISTS (SELECT 1 FROM people x WHERE x.zone=c.zone AND x.id=c.reporter)`),
		of("操作人是登记人员", "those who acted are known", `SELECT 'case ' || case_id || ' event ' || seq FROM case_events e WHERE zone=$1 AND actor <> 0
			AND NOT EXISTS (SELECT 1 FROM people x WHERE x.zone=e.zone AND x.id=e.actor)`),
		of("账号、任职属于登记人员", "accounts and posts of people who exist", `SELECT 'staff ' || login FROM staff s WHERE zone=$1 AND NOT EXISTS (SELECT 1 FROM people x WHERE x.zone=s.zone AND x.id=s.person AND x.kind='staff')
			UNION ALL SELECT 'membership ' || id FROM memberships s WHERE zone=$1 AND NOT EXISTS (SELECT 1 FROM people x WHERE x.zone=s.zone AND x.id=s.person)
			UNION ALL SELECT 'appointment ' || id FROM appointments s WHERE zone=$1 AND NOT EXISTS (SELECT 1 FROM people x WHERE x.zone=s.zone AND x.id=s.person)`),
		of("去世、迁出有时间也有原因", "departures have a time and a reason", `SELECT 'person ' || id FROM people WHERE zone=$1 AND (left_at = 0) <> (left_why = '')`),
		of("任职起止先后有序", "terms end after they begin", `SELECT 'membership ' || id FROM memberships WHERE zone=$1 AND to_at <> 0 AND to_at < from_at
			UNION ALL SELECT 'appointment ' || id FROM appointments WHERE zone=$1 AND to_at <> 0 AND to_at < from_at`),
		of("任职的区域、单位存在", "posts in areas and units that exist", `SELECT 'appointment ' || id FROM appointments a WHERE zone=$1 AND NOT EXISTS (SELECT 1 FROM areas x WHERE x.zone=a.zone AND x.code=a.area)
			UNION ALL SELECT 'membership ' || id FROM memberships a WHERE zone=$1 AND area <> '' AND NOT EXISTS (SELECT 1 FROM areas x WHERE x.zone=a.zone AND x.code=a.area)
			UNION ALL SELECT 'membership ' || id FROM memberships a WHERE zone=$1 AND unit <> '' AND NOT EXISTS (SELECT 1 FROM units x WHERE x.zone=a.zone AND x.code=a.unit)
			AND NOT EXISTS (SELECT 1 FROM sponsors x WHERE x.zone=a.zone AND a.unit = 'sponsor:' || x.id)`),
		of("区域有上级，机构、战时状态在现有区域", "areas have parents; units and emergencies lie in areas", `SELECT 'area ' || code FROM areas a WHERE zone=$1 AND length(code) > 6 AND NOT EXISTS (SELECT 1 FROM areas x WHERE x.zone=a.zone
				AND x.code = substr(a.code, 1, CASE length(a.code) WHEN 17 THEN 15 ELSE length(a.code) - 3 END))
			UNION ALL SELECT 'unit ' || code FROM units u WHERE zone=$1 AND NOT EXISTS (SELECT 1 FROM areas x WHERE x.zone=u.zone AND x.code=u.area)
			UNION ALL SELECT 'emergency ' || id FROM modes m WHERE zone=$1 AND NOT EXISTS (SELECT 1 FROM areas x WHERE x.zone=m.zone AND x.code=m.area)`),
		of("案件位于现有区域", "cases lie in areas", `SELECT 'case ' || number FROM cases c WHERE zone=$1 AND NOT EXISTS (SELECT 1 FROM areas x WHERE x.zone=c.zone AND x.code=c.area)`),
		of("消息有收件人和案件", "messages have a reader and a case", `SELECT 'notice ' || id FROM notices n WHERE zone=$1 AND ((person = 0 AND holder = '')
			OR (person <> 0 AND NOT EXISTS (SELECT 1 FROM people x WHERE x.zone=n.zone AND x.id=n.person))
			OR (case_id <> 0 AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.zone=n.zone AND c.id=n.case_id)))`),
		of("已读标记、保存的筛选属于登记人员", "read marks and saved filters of people who exist", `SELECT 'read by ' || person FROM notice_reads n WHERE zone=$1 AND NOT EXISTS (SELECT 1 FROM people x WHERE x.zone=n.zone AND x.id=n.person)
			UNION ALL SELECT 'filter ' || name FROM saved_views n WHERE zone=$1 AND NOT EXISTS (SELECT 1 FROM people x WHERE x.zone=n.zone AND x.id=n.person)`),
		of("审计记录的人员是登记人员", "the audit log names people who exist", `SELECT 'audit ' || id FROM audit a WHERE zone=$1 AND ((actor <> 0 AND NOT EXISTS (SELECT 1 FROM people x WHERE x.zone=a.zone AND x.id=a.actor))
			OR (person <> 0 AND NOT EXISTS (SELECT 1 FROM people x WHERE x.zone=a.zone AND x.id=a.person)))`),
		of("编号不超过计数器", "numbers were counted", `SELECT 'case ' || number FROM cases c WHERE zone=$1 AND parent=0 AND NOT EXISTS (SELECT 1 FROM counters n WHERE n.zone=c.zone
			AND n.name = 'case:' || substr(c.number, 8, 8) AND CAST(substr(c.number, 17) AS INTEGER) BETWEEN 1 AND n.n)`),
		of("幂等记录指向现有案件", "answers kept for retries name cases that exist", `SELECT 'command ' || key FROM commands k WHERE zone=$1 AND key LIKE 'report:%'
			AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.zone=k.zone AND CAST(c.id AS TEXT) = k.result)`),
		of("活动名额与报名一致", "places are those of the people who are in", `SELECT 'activity ' || a.id FROM activities a WHERE zone=$1
			AND (a.seats <> (SELECT count(*) FROM activity_people p WHERE p.zone=a.zone AND p.activity=a.id AND p.state='in')
			OR a.waiting <> (SELECT count(*) FROM activity_people p WHERE p.zone=a.zone AND p.activity=a.id AND p.state='waiting')
			OR a.events <> (SELECT count(*) FROM activity_events e WHERE e.zone=a.zone AND e.activity=a.id))`),
		of("活动时长不超过活动本身", "hours lie within their activity", `SELECT 'activity ' || p.activity || ' person ' || p.person FROM activity_people p JOIN activities a ON a.zone=p.zone AND a.id=p.activity
			WHERE p.zone=$1 AND (p.minutes * 60000 > a.to_at - a.from_at OR (p.minutes > 0 AND a.hours = 0))`),
		of("积分榜上没有工作人员", "no staff on a board", `SELECT 'person ' || b.person FROM board_people b JOIN people p ON p.zone=b.zone AND p.id=b.person WHERE b.zone=$1 AND p.kind <> 'resident'`),
		of("账户每一行接着上一行", "each line of an account follows from the one before", `SELECT 'transfer ' || t.id FROM transfers t LEFT JOIN transfers p ON p.zone=t.zone AND p.seq=t.from_prev AND p.asset=t.asset
			WHERE t.zone=$1 AND NOT CASE WHEN t.from_prev = 0 THEN t.from_n = 1 AND t.from_balance = -t.amount
				WHEN p.from_account = t.from_account THEN t.from_n = p.from_n + 1 AND t.from_balance = p.from_balance - t.amount
				WHEN p.to_account = t.from_account THEN t.from_n = p.to_n + 1 AND t.from_balance = p.to_balance - t.amount ELSE 1=0 END
			UNION ALL SELECT 'transfer ' || t.id FROM transfers t LEFT JOIN transfers p ON p.zone=t.zone AND p.seq=t.to_prev AND p.asset=t.asset
			WHERE t.zone=$1 AND NOT CASE WHEN t.to_prev = 0 THEN t.to_n = 1 AND t.to_balance = t.amount
				WHEN p.from_account = t.to_account THEN t.to_n = p.from_n + 1 AND t.to_balance = p.from_balance + t.amount
				WHEN p.to_account = t.to_account THEN t.to_n = p.to_n + 1 AND t.to_balance = p.to_balance + t.amount ELSE 1=0 END`),
		of("账户与其明细一致", "accounts agree with their lines", `SELECT 'account ' || account || ' ' || asset FROM (
			SELECT account, asset, balance AS total, postings AS lines, CASE WHEN version BETWEEN 1 AND postings THEN 0 ELSE 1 END AS wrong FROM accounts WHERE zone=$1
			UNION ALL SELECT from_account, asset, sum(amount), -count(*), 0 FROM transfers WHERE zone=$1 GROUP BY from_account, asset
			UNION ALL SELECT to_account, asset, -sum(amount), -count(*), 0 FROM transfers WHERE zone=$1 GROUP BY to_account, asset) x
			GROUP BY account, asset HAVING sum(x.total) <> 0 OR sum(x.lines) <> 0 OR max(x.wrong) = 1`),
		of("账户指向其最后一行", "accounts point to their newest line", `SELECT 'account ' || a.account || ' ' || a.asset FROM accounts a WHERE a.zone=$1 AND NOT EXISTS (
			SELECT 1 FROM transfers t WHERE t.zone=a.zone AND t.seq=a.last AND t.asset=a.asset
			AND ((t.from_account=a.account AND t.from_n=a.postings) OR (t.to_account=a.account AND t.to_n=a.postings)))`),
		of("账户每 64 行有一个标记", "accounts have a mark at every 64th line", `SELECT 'mark ' || m.account || ' ' || m.asset || ' ' || m.n FROM account_marks m WHERE m.zone=$1 AND NOT EXISTS (
			SELECT 1 FROM transfers t WHERE t.zone=m.zone AND t.seq=m.seq AND t.asset=m.asset AND t.at=m.at
			AND ((t.from_account=m.account AND t.from_n=m.n) OR (t.to_account=m.account AND t.to_n=m.n)))
			UNION ALL SELECT 'account ' || a.account || ' ' || a.asset FROM accounts a WHERE a.zone=$1
			AND a.postings / `+itoa(markEvery)+` <> (SELECT count(*) FROM account_marks m WHERE m.zone=a.zone AND m.account=a.account AND m.asset=a.asset)`),
		of("账户余额下限符合账户类别", "floors are those of their class", `SELECT 'account ' || account || ' ' || asset FROM accounts WHERE zone=$1
			AND floor <> CASE WHEN account LIKE 'issue:%' THEN -9223372036854775807 - 1 ELSE 0 END`),
		of("有期限的积分不超过余额", "lots lie within the balance", `SELECT 'account ' || account || ' ' || asset FROM (
			SELECT account, asset, balance AS room, lots AS n, 1 AS account_row FROM accounts WHERE zone=$1
			UNION ALL SELECT account, asset, -sum(remaining), -count(*), 0 FROM lots WHERE zone=$1 GROUP BY account, asset) x
			GROUP BY account, asset HAVING sum(x.n) <> 0 OR max(x.account_row) = 0 OR (min(x.account_row) = 0 AND sum(x.room) < 0)`),
		of("冲正与原账相反", "reversals mirror what they take back", `SELECT 'transfer ' || t.id FROM transfers t WHERE zone=$1 AND reverses <> '' AND NOT EXISTS (SELECT 1 FROM transfers o
			WHERE o.zone=t.zone AND o.id=t.reverses AND o.reverses='' AND o.from_account=t.to_account AND o.to_account=t.from_account AND o.asset=t.asset AND o.amount=t.amount)`),
		of("冻结与账目一致", "holds agree with the books", `SELECT 'hold ' || h.id FROM holds h WHERE zone=$1 AND NOT (
			EXISTS (SELECT 1 FROM transfers t WHERE t.zone=h.zone AND t.id=h.id AND t.to_account LIKE 'held:%')
			AND (h.state='confirmed') = EXISTS (SELECT 1 FROM transfers t WHERE t.zone=h.zone AND t.id='confirm:' || h.id AND t.to_account=h.to_account)
			AND (h.state='voided') = EXISTS (SELECT 1 FROM transfers t WHERE t.zone=h.zone AND t.reverses=h.id)
			AND (h.state='open') = (h.done_at=0))`),
		of("冻结账户余额等于未了结的冻结", "held accounts hold the open holds", `SELECT 'account ' || a.account || ' ' || a.asset FROM accounts a WHERE a.zone=$1 AND a.account LIKE 'held:%'
			AND a.balance <> (SELECT coalesce(sum(t.amount), 0) FROM holds h JOIN transfers t ON t.zone=h.zone AND t.id=h.id
				WHERE h.zone=a.zone AND h.state='open' AND t.to_account=a.account AND t.asset=a.asset)`),
		of("积分记录的得分人、家庭、单位存在", "awards of people, households and units that exist", `SELECT 'award ' || id FROM awards a WHERE zone=$1 AND (
			(person <> 0 AND NOT EXISTS (SELECT 1 FROM people x WHERE x.zone=a.zone AND x.id=a.person))
			OR (by_person <> 0 AND NOT EXISTS (SELECT 1 FROM people x WHERE x.zone=a.zone AND x.id=a.by_person))
			OR (household <> 0 AND NOT EXISTS (SELECT 1 FROM households x WHERE x.zone=a.zone AND x.id=a.household))
			OR (unit <> '' AND NOT EXISTS (SELECT 1 FROM units x WHERE x.zone=a.zone AND x.code=a.unit))
			OR (import <> 0 AND NOT EXISTS (SELECT 1 FROM imports x WHERE x.zone=a.zone AND x.id=a.import AND x.kind='awards'))
			OR subject <> CASE WHEN household <> 0 THEN 'household:' || household WHEN unit <> '' THEN 'unit:' || unit ELSE 'person:' || person END
			OR NOT EXISTS (SELECT 1 FROM documents d WHERE d.zone=a.zone AND d.kind='points' AND d.version=a.version AND d.state <> 'draft')
			OR NOT EXISTS (SELECT 1 FROM areas x WHERE x.zone=a.zone AND x.code=a.area))`),
		of("积分记录的经过属于现有积分", "history of awards that exist", `SELECT 'award ' || award || ' event ' || seq FROM award_events e WHERE zone=$1
			AND NOT EXISTS (SELECT 1 FROM awards a WHERE a.zone=e.zone AND a.id=e.award)`),
		of("入账的积分与账目一致", "posted awards are in the books", `SELECT 'award ' || a.id FROM awards a WHERE zone=$1 AND state IN ('posted','reversed')
			AND NOT EXISTS (SELECT 1 FROM transfers t WHERE t.zone=a.zone AND t.id='award:' || a.id AND t.from_account='pool:' || a.pool AND t.asset='POINT' AND t.amount=a.points AND t.reason=a.rule)
			UNION ALL SELECT 'award ' || a.id FROM awards a WHERE zone=$1 AND (state='reversed') <> ('award:' || a.id IN (SELECT reverses FROM transfers WHERE zone=$1 AND reverses <> ''))
			UNION ALL SELECT 'transfer ' || t.id FROM transfers t WHERE zone=$1 AND t.id >= 'award:' AND t.id < 'award:~' AND t.from_account LIKE 'pool:%'
			AND t.id NOT IN (SELECT 'award:' || id FROM awards WHERE zone=$1 AND state IN ('posted','reversed'))`),
		of("复核、入账、异议的人各不相同", "nobody reviews their own, and two people decide an objection", `SELECT 'award ' || e.award || ' event ' || e.seq FROM award_events e JOIN awards a ON a.zone=e.zone AND a.id=e.award
			WHERE e.zone=$1 AND e.actor <> 0 AND e.act IN ('return','refuse','refer','publish','clear','reverse') AND (e.actor=a.person OR e.actor=a.by_person)
			UNION ALL SELECT 'objection ' || id FROM objections o WHERE zone=$1 AND ((state IN ('upheld','dismissed')) <> (decided_by <> 0) OR (decided_by <> 0 AND decided_by=proposed_by)
				OR by_person IN (proposed_by, decided_by))`),
		of("异议属于现有积分，未了结的异议使公示中止", "objections of awards that exist; an open one stops publicity", `SELECT 'objection ' || id FROM objections o WHERE zone=$1
			AND NOT EXISTS (SELECT 1 FROM awards a WHERE a.zone=o.zone AND a.id=o.award AND (o.state NOT IN ('open','proposed') OR a.state='objected'))
			UNION ALL SELECT 'award ' || id FROM awards a WHERE zone=$1 AND state='objected'
			AND NOT EXISTS (SELECT 1 FROM objections o WHERE o.zone=a.zone AND o.award=a.id AND o.state IN ('open','proposed'))`),
		of("佐证照片与照片一致", "evidence is the photos it names", `SELECT 'award ' || award || ' photo ' || photo FROM award_photos p WHERE zone=$1
			AND (NOT EXISTS (SELECT 1 FROM photos x WHERE x.zone=p.zone AND x.id=p.photo AND x.sha256=p.sha256 AND x.dhash=p.dhash)
			OR NOT EXISTS (SELECT 1 FROM awards a WHERE a.zone=p.zone AND a.id=p.award AND a.rule=p.rule AND a.subject=p.subject))`),
		of("家庭成员、身份属于登记人员，户主在本户", "households and marks of people who exist; a head is a member", `SELECT 'household ' || id FROM households h WHERE zone=$1
			AND EXISTS (SELECT 1 FROM household_members m WHERE m.zone=h.zone AND m.household=h.id AND m.to_at=0)
			AND NOT EXISTS (SELECT 1 FROM household_members m WHERE m.zone=h.zone AND m.household=h.id AND m.person=h.head AND m.to_at=0)
			UNION ALL SELECT 'household ' || household FROM household_members m WHERE zone=$1 AND (NOT EXISTS (SELECT 1 FROM households h WHERE h.zone=m.zone AND h.id=m.household)
				OR NOT EXISTS (SELECT 1 FROM people x WHERE x.zone=m.zone AND x.id=m.person))
			UNION ALL SELECT 'mark of ' || person FROM person_marks m WHERE zone=$1 AND NOT EXISTS (SELECT 1 FROM people x WHERE x.zone=m.zone AND x.id=m.person)`),
		of("预算下达与账目一致", "allotments are in the books", `SELECT 'allotment ' || id FROM allotments b WHERE zone=$1 AND NOT EXISTS (SELECT 1 FROM transfers t
			WHERE t.zone=b.zone AND t.id=b.transfer AND t.to_account='pool:' || b.area AND t.asset='POINT' AND t.amount=b.points)`),
	}
}
