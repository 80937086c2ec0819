package demo

import (
	"fmt"
	"testing"

	"gezhi/internal/app/apptest"
)

// TestTheTownsTakePartOfTheirOwnWill looks at two months of activities: some lie ahead, some are closed with hours,
// somebody objected, riders belong to stations.
func TestTheTownsTakePartOfTheirOwnWill(t *testing.T) {
	file, _ := lived(t, Plan{Days: 60, Share: 2})
	db := apptest.Raw(t, file)
	for what, c := range map[string]struct {
		sql         string
		least, most int
	}{
		"activities":              {`SELECT count(*) FROM activities`, 22, 30},
		"in each district":        {`SELECT count(*) FROM (SELECT zone FROM activities GROUP BY zone HAVING count(*) >= 6)`, 2, 2},
		"lying ahead":             {`SELECT count(*) FROM activities WHERE state='open' AND from_at > ` + fmt.Sprint(present.UnixMilli()), 4, 8},
		"closed":                  {`SELECT count(*) FROM activities WHERE state='closed'`, 10, 22},
		"cancelled":               {`SELECT count(*) FROM activities WHERE state='cancelled'`, 1, 4},
		"sign-ups":                {`SELECT count(*) FROM activity_people`, 110, 240},
		"checked by the code":     {`SELECT count(*) FROM activity_people WHERE checked_by=person`, 40, 140},
		"ticked":                  {`SELECT count(*) FROM activity_people WHERE checked_by NOT IN (0, person)`, 8, 50},
		"with hours":              {`SELECT count(*) FROM activity_people WHERE minutes > 0`, 50, 180},
		"objections answered":     {`SELECT count(*) FROM activity_people WHERE answered_at <> 0`, 1, 15},
		"opinions":                {`SELECT count(*) FROM activity_people WHERE stars > 0`, 25, 110},
		"waiting, once":           {`SELECT count(*) FROM activity_events WHERE what='queue'`, 1, 60},
		"moved up":                {`SELECT count(*) FROM activity_events WHERE what='move_up'`, 1, 40},
		"riders at a station":     {`SELECT count(*) FROM station_people WHERE to_at=0`, 10, 14},
		"riders who left":         {`SELECT count(*) FROM station_people WHERE to_at<>0`, 2, 6},
		"volunteers":              {`SELECT count(*) FROM volunteers`, 30, 45},
		"residents on a board":    {`SELECT count(*) FROM board_people`, 40, 60},
		"staff on a board":        {`SELECT count(*) FROM board_people b JOIN people p ON p.zone=b.zone AND p.id=b.person WHERE p.kind<>'resident'`, 0, 0},
		"hours without a sign-up": {`SELECT count(*) FROM activity_people WHERE minutes > 0 AND state <> 'in'`, 0, 0},
	} {
		var n int
		if err := db.QueryRow(c.sql).Scan(&n); err != nil {
			t.Fatal(what, err)
		}
		if n < c.least || n > c.most {
			t.Errorf("%s: %d, want %d to %d", what, n, c.least, c.most)
		}
	}
}
