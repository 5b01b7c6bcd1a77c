package assessment_test

import (
	"slices"
	"strings"
	"testing"

	"migov/assessment"
)

func TestPersonalDataIsSpottedAndInnocentNumbersAreNot(t *testing.T) {
	for text, want := range map[string]string{
		// personal
		"Write to amira.b@city.example.":                           "email",
		"ask A.B+c@Service.Gouv.example today":                     "email",
		"Call +216 71 123 456 for help":                            "phone",
		"Tel. 71 123 456":                                          "phone",
		"tél : 01 23 45 67 89":                                     "phone",
		"ring 0123456789":                                          "phone",
		"(212) 555-0123-44":                                        "phone",
		"0212-555-0123":                                            "phone",
		"00 33 1 23 45 67 89":                                      "phone",
		"هاتف: ٧١ ١٢٣ ٤٥٦":                                         "phone",
		"الرقم +٢١٦٧١١٢٣٤٥٦":                                       "phone",
		"Her passport is X1234567.":                                "id",
		"residence card 198704123456":                              "id",
		"case of person 12345678901":                               "id",
		"الهوية ١٢٣٤٥٦٧٨٩٠١":                                       "id",
		"IBAN GB82 WEST 1234 5698 7654 32":                         "iban",
		"DE89370400440532013000":                                   "iban",
		"a@b.example or +33 6 12 34 56 78, GB82WEST12345698765432": "email phone iban",
		// innocent
		"": "", "No digits at all": "",
		"In 2024 the council voted.":              "",
		"Strategy 2021-2025, reviewed in 2023":    "",
		"from 2019 to 2020 2021 2022":             "",
		"adopted on 12/03/2024 and on 2024-03-12": "",
		"12.03.2024":                                          "",
		"Law 2016-1088 of 8 August":                           "",
		"Loi n° 2018-778 du 10 septembre 2018":                "",
		"Décret 2019-1234567":                                 "",
		"Décret n° 201912345678":                              "",
		"Article 112 of the code, art. 45-2":                  "",
		"Ley 2136 de 2021, Decreto 216 de 2021":               "",
		"المرسوم رقم ٢٠١٩١٢٣٤٥":                               "",
		"القانون عدد 61 لسنة 2016، الفصل 3":                   "",
		"The budget is 12 345 678 dinars":                     "",
		"1.250.000 euros":                                     "",
		"1,250,000 people and 12,345,678.90":                  "",
		"2 500 000 FCFA":                                      "",
		"123456789 inhabitants":                               "",
		"1500000000":                                          "",
		"a share of 12,5 %":                                   "",
		"ميزانية ١٢٣٤٥٦٧٨٩ دينار":                             "",
		"https://city.example/doc/123456789012?id=0123456789": "",
		"www.city.example/2024/0123456789":                    "",
		"ISBN 9789290687658":                                  "",
		"SDG 10.7, GCM 15, page 112-118":                      "",
		"open 08:00-12:00 and 14:00-18:00":                    "",
		"MR-07 level 3, form B12":                             "",
		"DE89370400440532013001":                              "id", // the check digits are wrong: no IBAN, but a long number
		"at the @council":                                     "",
		"3@4":                                                 "",
		"450 of 1,200 children in 12 schools":                 "",
	} {
		var got []string
		for _, k := range assessment.PersonalIn(text) {
			got = append(got, string(k))
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q: %q, not %q", text, s, want)
		}
	}
	for _, hard := range []string{strings.Repeat("1 ", 32<<10), strings.Repeat("a@", 32<<10), strings.Repeat("0", 64<<10), strings.Repeat("GB82 ", 12<<10)} {
		assessment.PersonalIn(hard) // ends soon; a test that does not end fails
	}
	if kinds := assessment.PersonalIn("x@y.example, tel 123456"); !slices.Equal(kinds, []assessment.PersonalKind{assessment.PersonalEmail, assessment.PersonalPhone}) {
		t.Error(kinds)
	}
}

func BenchmarkPersonalIn(b *testing.B) {
	text := strings.Repeat("The counters explain the ten most used services in 5 languages since 2024 (decree 2019-12). ", 30)
	for b.Loop() {
		assessment.PersonalIn(text)
	}
}
