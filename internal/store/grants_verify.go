package store

// grantInvariants are what must hold of grants, orders and payouts, and between them and the books.
func grantInvariants() []Invariant {
	const book = `coalesce((SELECT a.balance FROM accounts a WHERE a.zone=f.zone AND a.asset='CNY' AND a.account = `
	return []Invariant{
		of("资金余额 = 下达预算 − 在途 − 已到账 + 已追回", "a fund holds what it was given less what is under way or paid", `SELECT 'fund ' || f.id FROM funds f
			LEFT JOIN (SELECT fund, sum(amount) AS total FROM fund_allotments WHERE zone=$1 GROUP BY fund) a ON a.fund=f.id
			LEFT JOIN (SELECT fund, sum(amount) AS total FROM grants WHERE zone=$1 AND state IN ('ordered','paid','recovering') GROUP BY fund) g ON g.fund=f.id
			WHERE f.zone=$1 AND `+book+`'fund:' || f.id), 0) <> coalesce(a.total, 0) - coalesce(g.total, 0)`),
		of("在途资金等于已下达未回执的兑付", "what is under way is what was ordered", `SELECT 'fund ' || f.id FROM funds f
			LEFT JOIN (SELECT fund, sum(amount) AS total FROM grants WHERE zone=$1 AND state='ordered' GROUP BY fund) g ON g.fund=f.id
			WHERE f.zone=$1 AND `+book+`'ordered:' || f.id), 0) <> coalesce(g.total, 0)`),
		of("企业账户等于已到账的兑付", "an enterprise's account holds what it was paid", `SELECT 'enterprise ' || code FROM (
			SELECT substr(account, 12) AS code, balance AS n FROM accounts WHERE zone=$1 AND asset='CNY' AND account LIKE 'enterprise:%'
			UNION ALL SELECT code, -sum(amount) FROM grants WHERE zone=$1 AND state IN ('paid','recovering') GROUP BY code) x GROUP BY code HAVING sum(x.n) <> 0`),
		of("预算下达与记账一致", "allotments to funds agree with their transfers", `SELECT 'allotment ' || f.id FROM fund_allotments f WHERE f.zone=$1 AND NOT EXISTS (
			SELECT 1 FROM transfers t WHERE t.zone=f.zone AND t.id=f.transfer AND t.amount=f.amount AND t.asset='CNY' AND t.to_account = 'fund:' || f.fund AND t.from_account LIKE 'issue:%')`),
		of("拨付指令的笔数、金额等于所列兑付", "an order is what its grants come to", `SELECT 'order ' || o.number FROM pay_orders o
			LEFT JOIN (SELECT e.ref, count(*) AS k, sum(g.amount) AS total, min(g.fund) AS low, max(g.fund) AS high FROM grant_events e JOIN grants g ON g.zone=e.zone AND g.id=e.grant_id
				WHERE e.zone=$1 AND e.act='order' AND e.ref <> '' GROUP BY e.ref) x ON x.ref=o.number
			WHERE o.zone=$1 AND (coalesce(x.k, 0) <> o.pieces OR x.total <> o.amount OR x.low <> o.fund OR x.high <> o.fund)
			UNION ALL SELECT 'grant ' || g.id FROM grants g WHERE g.zone=$1 AND g.order_no <> '' AND NOT EXISTS (SELECT 1 FROM pay_orders o WHERE o.zone=g.zone AND o.number=g.order_no)`),
		of("兑付属于现有企业、名单和资金", "grants of enterprises, lists and funds that exist", `SELECT 'grant ' || g.id FROM grants g WHERE g.zone=$1 AND (
			NOT EXISTS (SELECT 1 FROM enterprises x WHERE x.zone=g.zone AND x.code=g.code)
			OR (g.list <> 0 AND NOT EXISTS (SELECT 1 FROM grant_lists l WHERE l.zone=g.zone AND l.id=g.list AND l.item=g.item AND l.period=g.period))
			OR (g.fund <> 0 AND NOT EXISTS (SELECT 1 FROM funds f WHERE f.zone=g.zone AND f.id=g.fund)))`),
		of("到账、追回的兑付都在台账", "what was paid or recovered stands among the payouts", `SELECT 'grant ' || g.id FROM grants g
			LEFT JOIN (SELECT grant_id, sum(amount) AS total, sum(pieces) AS k, count(*) AS n FROM payouts WHERE zone=$1 AND grant_id <> 0 GROUP BY grant_id) p ON p.grant_id=g.id
			WHERE g.zone=$1 AND (coalesce(p.total, 0) <> CASE WHEN g.state IN ('paid','recovering') THEN g.amount ELSE 0 END
				OR coalesce(p.k, 0) <> CASE WHEN g.state IN ('paid','recovering') THEN 1 ELSE 0 END OR coalesce(p.n, 0) <> CASE g.state WHEN 'paid' THEN 1 WHEN 'recovering' THEN 1 WHEN 'recovered' THEN 2 ELSE 0 END)
			UNION ALL SELECT 'payout ' || p.id FROM payouts p WHERE p.zone=$1 AND p.grant_id <> 0 AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.zone=p.zone AND g.id=p.grant_id AND g.code=p.code)`),
		of("冲销行与原行相抵", "what takes a line back is its opposite", `SELECT 'payout ' || b.id FROM payouts b WHERE b.zone=$1 AND b.undoes <> 0 AND NOT EXISTS (
			SELECT 1 FROM payouts p WHERE p.zone=b.zone AND p.id=b.undoes AND p.undoes=0 AND p.pieces = -b.pieces AND p.amount = -b.amount AND p.code=b.code
			AND p.item=b.item AND p.title=b.title AND p.way=b.way AND p.kind=b.kind AND p.area=b.area AND p.import=b.import AND p.grant_id=b.grant_id)`),
		of("导入的台账与文件合计一致", "a file's lines come to what it says", `SELECT 'import ' || i.id FROM payout_imports i
			LEFT JOIN (SELECT import, sum(CASE undoes WHEN 0 THEN 1 ELSE 0 END) AS k, sum(CASE undoes WHEN 0 THEN amount ELSE 0 END) AS total, count(*) AS n, sum(amount) AS left_over
				FROM payouts WHERE zone=$1 AND import <> 0 GROUP BY import) p ON p.import=i.id
			WHERE i.zone=$1 AND (coalesce(p.k, 0) <> i.pieces OR p.total <> i.amount OR CASE i.undone_at WHEN 0 THEN p.n <> i.pieces ELSE p.n <> 2 * i.pieces OR p.left_over <> 0 END)
			UNION ALL SELECT 'payout ' || p.id FROM payouts p WHERE p.zone=$1 AND p.import <> 0 AND NOT EXISTS (SELECT 1 FROM payout_imports i WHERE i.zone=p.zone AND i.id=p.import)`),
	}
}
