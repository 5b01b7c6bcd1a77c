package session

import (
	"encoding/json"
	"fmt"
	"time"
)

// texts keeps the data of a session, which are texts only, as JSON: a session is read with every request, and gob would
// send and compile the description of its types each time.
type texts struct{}

type kept struct {
	Until    time.Time
	Values   map[string]string
	Remember bool `json:",omitempty"`
}

// remember is the one value that is no text: the session manager's own note that the cookie outlives the browser.
const remember = "__rememberMe"

// Encode implements scs.Codec.
func (texts) Encode(until time.Time, values map[string]any) ([]byte, error) {
	k := kept{Until: until, Values: make(map[string]string, len(values))}
	for name, v := range values {
		if name == remember {
			k.Remember, _ = v.(bool)
			continue
		}
		text, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("the session keeps texts, but %s is %T", name, v)
		}
		k.Values[name] = text
	}
	return json.Marshal(k)
}

// Decode implements scs.Codec.
func (texts) Decode(raw []byte) (time.Time, map[string]any, error) {
	var k kept
	if err := json.Unmarshal(raw, &k); err != nil {
		return time.Time{}, nil, err
	}
	values := make(map[string]any, len(k.Values)+1)
	for name, text := range k.Values {
		values[name] = text
	}
	if k.Remember {
		values[remember] = true
	}
	return k.Until, values, nil
}
