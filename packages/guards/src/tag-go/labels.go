package main

import (
	"encoding/json"
	"slices"
)

// labels are secrecy and integrity as they stand in answers. Their lists are never nil, which would become null.
type labels struct {
	Secrecy   []string `json:"secrecy"`
	Integrity []string `json:"integrity"`
}

// secrecyOf puts the private tag in or takes it out, as visibility says, or leaves the list alone if that is unknown.
func (p *policy) secrecyOf(secrecy []string, v visibility) []string {
	if v == unknown {
		return append([]string{}, secrecy...)
	}
	without := slices.DeleteFunc(append([]string{}, secrecy...), func(tag string) bool { return tag == p.privateTag })
	if v == private {
		return append(without, p.privateTag)
	}
	return without
}

func (w *writer) writeJSON(answer any) error {
	encoded, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	w.write(encoded)
	return nil
}
