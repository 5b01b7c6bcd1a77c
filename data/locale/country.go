package locale

// Country is the name of a country (ISO 3166-1 alpha-2) as the Unicode CLDR has it; of an invented code, the code. The names are messages
// of their own, because the package that brings them brings those of 200 languages.
func (w *Words) Country(code string) string {
	if key := "country." + code; w.Has(key) {
		return w.T(key)
	}
	return code
}
