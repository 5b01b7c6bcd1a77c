package store

import (
	"database/sql"

	"migov/assessment"
	"migov/assessment/account"
)

// beforeAll is the version on which a save of somebody who has left is based: before every other, so that it is in conflict
// with whatever stands, even with nothing, and becomes no answer.
const beforeAll = -1

// tellLeft tells the coordinators of the city that a colleague who has left had text for an indicator; each once, until it
// was read.
func (l *ledger) tellLeft(indicator string) error {
	var notices []assessment.Notice
	href := l.left[indicator]
	err := l.s.rows(l.tx, `SELECT p.id, c.name, r.instrument FROM account p JOIN city c ON c.id = p.city_id
		JOIN assessment a ON a.city_id = p.city_id AND a.id = ? JOIN round r ON r.id = a.round_id WHERE p.city_id = ? AND p.role = ? AND NOT p.disabled
		AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.account_id = p.id AND n.kind = ? AND n.href = ? AND n.seen IS NULL) ORDER BY p.id`,
		[]any{l.id, l.city, string(account.Coordinator), string(assessment.NoticeLeftText), href}, func(found *sql.Rows) error {
			n := assessment.Notice{City: l.city, Kind: assessment.NoticeLeftText, Href: href, Args: map[string]string{"Indicator": indicator}}
			var city, questionnaire string
			err := found.Scan(&n.Account, &city, &questionnaire)
			n.Args["City"], n.Args["Questionnaire"] = city, questionnaire
			notices = append(notices, n)
			return err
		})
	if err != nil {
		return err
	}
	return l.s.notify(l.tx, l.by, l.at, notices...)
}
