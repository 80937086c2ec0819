package store

// rewardInvariants are what must hold of rewards, redemptions and sponsors, and between them and the books.
func rewardInvariants() []Invariant {
	return []Invariant{
		of("奖品库存等于出入库明细", "stock is what its movements come to", `SELECT 'reward ' || w.id FROM rewards w
			LEFT JOIN (SELECT reward, sum(amount) AS total, count(*) AS k FROM reward_stock WHERE zone=$1 GROUP BY reward) m ON m.reward=w.id
			WHERE w.zone=$1 AND (coalesce(m.total, 0) <> w.stock OR coalesce(m.k, 0) <> w.moves)`),
		of("出入库明细逐行相符", "stock movements replay", `SELECT 'reward ' || reward || ' movement ' || n FROM (SELECT reward, n, after,
				sum(amount) OVER (PARTITION BY reward ORDER BY n) AS want, row_number() OVER (PARTITION BY reward ORDER BY n) AS k
				FROM reward_stock WHERE zone=$1) m WHERE m.after <> m.want OR m.n <> m.k`),
		of("每次预留和退回对应一次兑换", "stock is taken and given back by redemptions", `SELECT 'redemption ' || d.id FROM redemptions d
			LEFT JOIN (SELECT ref, sum(amount) AS total, count(*) AS k FROM reward_stock WHERE zone=$1 AND kind IN ('take','back') GROUP BY ref) m ON m.ref = 'redemption:' || d.id
			WHERE d.zone=$1 AND (coalesce(m.k, 0) <> CASE WHEN d.state IN ('reserved','collected') THEN 1 ELSE 2 END
				OR coalesce(m.total, 0) <> CASE WHEN d.state IN ('reserved','collected') THEN -1 ELSE 0 END)
			UNION ALL SELECT 'reward ' || m.reward || ' movement ' || m.n FROM reward_stock m WHERE m.zone=$1 AND m.kind IN ('take','back')
			AND NOT EXISTS (SELECT 1 FROM redemptions d WHERE d.zone=m.zone AND m.ref = 'redemption:' || d.id AND d.reward=m.reward)`),
		of("兑换与冻结一致", "redemptions agree with their holds", `SELECT 'redemption ' || d.id FROM redemptions d WHERE d.zone=$1 AND NOT EXISTS (
			SELECT 1 FROM holds h JOIN transfers t ON t.zone=h.zone AND t.id=h.id WHERE h.zone=d.zone AND h.id=d.hold
			AND t.from_account = 'person:' || d.person AND t.asset='POINT' AND t.amount=d.price AND h.until=d.until AND t.at=d.reserved_at
			AND h.to_account = CASE WHEN d.sponsor <> 0 THEN 'sponsor:' || d.sponsor ELSE 'pool:' || d.place END
			AND h.state = CASE d.state WHEN 'reserved' THEN 'open' WHEN 'collected' THEN 'confirmed' ELSE 'voided' END AND h.done_at=d.done_at)`),
		of("取货码只在待领取时保存", "codes are kept while they are open", `SELECT 'redemption ' || id FROM redemptions WHERE zone=$1 AND (state='reserved') <> (length(code) > 0)`),
		of("兑换属于登记人员和现有奖品", "redemptions of people and rewards that exist", `SELECT 'redemption ' || d.id FROM redemptions d WHERE d.zone=$1 AND (
			NOT EXISTS (SELECT 1 FROM people x WHERE x.zone=d.zone AND x.id=d.person) OR NOT EXISTS (SELECT 1 FROM rewards w WHERE w.zone=d.zone AND w.id=d.reward)
			OR NOT EXISTS (SELECT 1 FROM areas x WHERE x.zone=d.zone AND x.code=d.place)
			OR (d.done_by <> 0 AND NOT EXISTS (SELECT 1 FROM people x WHERE x.zone=d.zone AND x.id=d.done_by)))`),
		of("奖品属于现有区域和合作单位", "rewards of areas and sponsors that exist", `SELECT 'reward ' || w.id FROM rewards w WHERE w.zone=$1 AND (
			NOT EXISTS (SELECT 1 FROM areas x WHERE x.zone=w.zone AND x.code=w.area)
			OR (w.sponsor <> 0 AND NOT EXISTS (SELECT 1 FROM sponsors x WHERE x.zone=w.zone AND x.id=w.sponsor))
			OR (w.photo <> 0 AND NOT EXISTS (SELECT 1 FROM photos x WHERE x.zone=w.zone AND x.id=w.photo)))
			UNION ALL SELECT 'sponsor ' || s.id FROM sponsors s WHERE s.zone=$1 AND NOT EXISTS (SELECT 1 FROM areas x WHERE x.zone=s.zone AND x.code=s.area)`),
		of("合作单位账户等于已领未结", "a sponsor's account holds what was collected and not settled", `SELECT 'sponsor ' || s.id FROM sponsors s WHERE s.zone=$1
			AND coalesce((SELECT a.balance FROM accounts a WHERE a.zone=s.zone AND a.account = 'sponsor:' || s.id AND a.asset='POINT'), 0)
			<> coalesce((SELECT sum(d.price) FROM redemptions d WHERE d.zone=s.zone AND d.sponsor=s.id AND d.sponsor <> 0 AND d.state='collected' AND d.settlement=''), 0)
			 - coalesce((SELECT sum(g.points) FROM sponsor_gifts g WHERE g.zone=s.zone AND g.sponsor=s.id AND g.settlement=''), 0)`),
		of("结算单等于所列兑换", "statements are what they count", `SELECT 'statement ' || s.number FROM settlements s WHERE s.zone=$1 AND (
			s.items <> (SELECT count(*) FROM redemptions d WHERE d.zone=s.zone AND d.sponsor=s.sponsor AND d.sponsor <> 0 AND d.state='collected' AND d.settlement=s.number)
			OR s.collected <> coalesce((SELECT sum(d.price) FROM redemptions d WHERE d.zone=s.zone AND d.sponsor=s.sponsor AND d.sponsor <> 0 AND d.state='collected' AND d.settlement=s.number), 0)
			OR s.given <> coalesce((SELECT sum(g.points) FROM sponsor_gifts g WHERE g.zone=s.zone AND g.sponsor=s.sponsor AND g.settlement=s.number), 0)
			OR (s.points > 0) <> (s.transfer <> '')
			OR (s.transfer <> '' AND NOT EXISTS (SELECT 1 FROM transfers t WHERE t.zone=s.zone AND t.id=s.transfer AND t.amount=s.points
				AND t.from_account = 'sponsor:' || s.sponsor AND t.to_account LIKE 'issue:%')))
			UNION ALL SELECT 'redemption ' || d.id FROM redemptions d WHERE d.zone=$1 AND d.settlement <> '' AND NOT EXISTS (SELECT 1 FROM settlements s WHERE s.zone=d.zone AND s.number=d.settlement)
			UNION ALL SELECT 'gift ' || g.id FROM sponsor_gifts g WHERE g.zone=$1 AND (
				(g.settlement <> '' AND NOT EXISTS (SELECT 1 FROM settlements s WHERE s.zone=g.zone AND s.number=g.settlement))
				OR NOT EXISTS (SELECT 1 FROM transfers t WHERE t.zone=g.zone AND t.id=g.transfer AND t.amount=g.points AND t.from_account = 'sponsor:' || g.sponsor AND t.to_account = 'pool:' || g.area))`),
	}
}
