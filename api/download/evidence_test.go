package download

import "testing"

func TestNamesOfFilesTravelAsTheyAre(t *testing.T) {
	for name, want := range map[string]string{
		"plan.pdf":           `attachment; filename=plan.pdf`,
		"the plan; x=1.pdf":  `attachment; filename="the plan; x=1.pdf"`,
		"été.csv":            `attachment; filename=_t_.csv; filename*=UTF-8''%C3%A9t%C3%A9.csv`,
		"a\"b\\c%20.txt":     `attachment; filename=a_b_c_20.txt; filename*=UTF-8''a%22b%5Cc%2520.txt`,
		"a\r\nSet-Cookie: x": `attachment; filename="a__Set-Cookie: x"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x`,
		"خطة المدينة.odt":    `attachment; filename="___ _______.odt"; filename*=UTF-8''%D8%AE%D8%B7%D8%A9%20%D8%A7%D9%84%D9%85%D8%AF%D9%8A%D9%86%D8%A9.odt`,
	} {
		if got := disposition(name); got != want {
			t.Errorf("%q: %s, not %s", name, got, want)
		}
	}
}
