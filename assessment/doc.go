// Package assessment holds the use cases: answering, handing in, comparing, and keeping the programme of cities, rounds
// and people. It decides with pure functions and asks a store, by a small interface, to read and to write once.
//
// One word per idea, everywhere (code, tables, addresses, pages):
//
//	instrument      a questionnaire, immutable under code and version
//	dimension       a main part of it, such as MR
//	sub-category    a part of a dimension, such as MR.1; one page
//	indicator       one question, such as MR-01; its id never changes meaning
//	level           0 to 4, each with a description; other kinds: yes/no, multiple choice, number, text
//	answer          what a city says for one indicator: value or non-answer, explanation, evidence, confidence
//	non-answer      not our responsibility, does not apply, do not know yet, prefer not to answer, skipped
//	power           who holds the power over the subject of an indicator in this city; all of them: the powers map
//	round           invites cities to answer one instrument version by a date
//	assessment      one city's answers in one round in one perspective
//	hand in         the city gives its assessment to the analyst, who can reopen it with a reason
//	snapshot        what was handed in, as it was: a document with its hash; its receipt has a reference
//	card            the computed result of an assessment
//	situation       what exists in the city, whoever provides it
//	municipal effort the same, weighted by the power the city holds
//	advocacy gap    what is missing where others hold the power
//	mutation        one save, named by an id that its client made
//	alternative     the later of two conflicting texts, kept beside the first until somebody chooses
package assessment
