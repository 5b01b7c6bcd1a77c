// Package place knows what is said of a city besides its answers: country, region of the world, UN/LOCODE, residents, role in
// migration and income group. It reads these as people write them, and says what is wrong with the rest.
package place

import (
	"slices"
	"strings"
)

// Roles are what a city may be in migration; it may be several.
var Roles = []string{"origin", "transit", "destination", "return", "displacement"}

// Incomes are the groups of economies of the World Bank, from low to high.
var Incomes = []string{"low", "lower_middle", "upper_middle", "high"}

// byRegion are the 249 officially assigned codes of ISO 3166-1 alpha-2 by the sub-region of the United Nations (Standard Country or
// Area Codes for Statistical Use, Series M No. 49; the intermediate region where there is one, so that no region is larger than
// need be). M49 gives Antarctica no sub-region. Taiwan has no line of its own there; it stands where World Population Prospects
// of the United Nations counts it.
var byRegion = map[string]string{
	"":    "AQ",
	"005": "AR BO BR BV CL CO EC FK GF GS GY PE PY SR UY VE",
	"011": "BF BJ CI CV GH GM GN GW LR ML MR NE NG SH SL SN TG",
	"013": "BZ CR GT HN MX NI PA SV",
	"014": "BI DJ ER ET IO KE KM MG MU MW MZ RE RW SC SO SS TF TZ UG YT ZM ZW",
	"015": "DZ EG EH LY MA SD TN",
	"017": "AO CD CF CG CM GA GQ ST TD",
	"018": "BW LS NA SZ ZA",
	"021": "BM CA GL PM US",
	"029": "AG AI AW BB BL BQ BS CU CW DM DO GD GP HT JM KN KY LC MF MQ MS PR SX TC TT VC VG VI",
	"030": "CN HK JP KP KR MN MO TW",
	"034": "AF BD BT IN IR LK MV NP PK",
	"035": "BN ID KH LA MM MY PH SG TH TL VN",
	"039": "AD AL BA ES GI GR HR IT ME MK MT PT RS SI SM VA",
	"053": "AU CC CX HM NF NZ",
	"054": "FJ NC PG SB VU",
	"057": "FM GU KI MH MP NR PW UM",
	"061": "AS CK NU PF PN TK TO TV WF WS",
	"143": "KG KZ TJ TM UZ",
	"145": "AE AM AZ BH CY GE IL IQ JO KW LB OM PS QA SA SY TR YE",
	"151": "BG BY CZ HU MD PL RO RU SK UA",
	"154": "AX DK EE FI FO GB GG IE IM IS JE LT LV NO SE SJ",
	"155": "AT BE CH DE FR LI LU MC NL",
}

// kosovo is in common use for Kosovo. ISO 3166 leaves the code to its users; World Population Prospects counts it in Southern Europe.
const kosovo, ofKosovo = "XK", "039"

// regions are the sub-regions of the countries. It is not changed after the start.
var regions = func() map[string]string {
	of := map[string]string{kosovo: ofKosovo}
	for region, codes := range byRegion {
		for _, code := range strings.Fields(codes) {
			of[code] = region
		}
	}
	return of
}()

// Countries lists the known countries, by code.
func Countries() []string {
	all := make([]string, 0, len(regions))
	for code := range regions {
		all = append(all, code)
	}
	slices.Sort(all)
	return all
}

// Regions lists the sub-regions, by code.
func Regions() []string {
	var all []string
	for code := range byRegion {
		if code != "" {
			all = append(all, code)
		}
	}
	slices.Sort(all)
	return all
}

// Known tells whether a code is one of a country: two capital letters, such as GH.
func Known(country string) bool {
	_, known := regions[country]
	return known
}

// RegionOf is the sub-region of a country, such as 011 for Ghana; empty where there is none or the country is not known.
func RegionOf(country string) string { return regions[country] }

// official are names by which lists of the United Nations and older papers call countries, beside those that every language has
// for them.
var official = map[string]string{
	"AE": "UAE", "BA": "Bosnia-Herzegovina", "BN": "Brunei Darussalam", "BO": "Bolivia (Plurinational State of)", "CD": "Democratic Republic of the Congo|DR Congo|DRC|Congo DR|Congo, Democratic Republic of the",
	"CG": "Congo|Republic of the Congo|Congo, Republic of the", "CI": "Ivory Coast", "CV": "Cabo Verde", "CZ": "Czech Republic", "FK": "Falkland Islands (Malvinas)", "FM": "Micronesia (Federated States of)",
	"GB": "United Kingdom of Great Britain and Northern Ireland|Great Britain|UK", "GM": "The Gambia", "HK": "China, Hong Kong Special Administrative Region", "IR": "Iran (Islamic Republic of)|Islamic Republic of Iran",
	"KN": "Saint Kitts and Nevis", "KP": "Democratic People's Republic of Korea", "KR": "Republic of Korea", "LA": "Lao People's Democratic Republic|Lao PDR", "LC": "Saint Lucia",
	"MD": "Republic of Moldova", "MF": "Saint Martin", "MK": "Macedonia", "MM": "Burma", "MO": "China, Macao Special Administrative Region", "NL": "Netherlands (Kingdom of the)|Kingdom of the Netherlands",
	"PM": "Saint Pierre and Miquelon", "PS": "State of Palestine|Palestine", "RU": "Russian Federation", "SH": "Saint Helena", "ST": "Sao Tome and Principe", "SY": "Syrian Arab Republic", "SZ": "Swaziland",
	"TL": "East Timor", "TR": "Turkey|Türkiye", "TZ": "United Republic of Tanzania|Tanzania, United Republic of", "US": "United States of America|USA", "VA": "Holy See",
	"VC": "Saint Vincent and the Grenadines", "VE": "Venezuela (Bolivarian Republic of)", "VN": "Viet Nam",
}

// groups are the short names of the World Bank for its income groups.
var groups = map[string]string{"low": "LIC", "lower_middle": "LMC", "upper_middle": "UMC", "high": "HIC"}
