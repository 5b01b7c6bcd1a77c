package web_test

import (
	"testing"

	"migov/api/apitest"
)

func TestHelpNamesAContact(t *testing.T) {
	w := apitest.New(t)
	contains(t, w.Client("").Get("/help").Body, `href="mailto:help@example.org"`)
	w.Pages.Contact = "Room 12, town hall"
	contains(t, w.Client("").Get("/accessibility").Body, "Room 12, town hall")
	w.Pages.Contact = ""
	contains(t, w.Client("").Get("/privacy").Body, "The person who invited you to this site can help you.")
}

func TestHelpSaysWhatPeopleDoTogetherInEveryLanguage(t *testing.T) {
	w := apitest.New(t)
	for lang, words := range map[string][]string{
		"en": {"Below each question you can begin a conversation.", "evidence library", "an approver first consents", "under “Who looked”", "sealed in this browser"},
		"fr": {"bibliothèque de preuves", "« Consultations »"},
		"es": {"biblioteca de evidencia", "«Consultas»"},
		"ar": {"مكتبة أدلة", "«سجل الاطلاع»"},
	} {
		c := w.Client("")
		c.Get("/?lang=" + lang)
		contains(t, c.Get("/help").Body, words...)
	}
	contains(t, w.Client("").Get("/privacy").Body, "after 7 days", "After 14 days the server no longer takes it.")
}

func TestTheMethodIsWorkedOut(t *testing.T) {
	w := apitest.New(t)
	contains(t, w.Client("").Get("/method").Body, "Method 1.0.0", "335 ÷ 5 = <b>67</b>", "210 ÷ 3.5 = <b>60</b>", "3.5 of 4", "3 of 5 options")
}
