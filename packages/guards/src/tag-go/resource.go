package main

type resourceAnswer struct {
	Resource  labels `json:"resource"`
	Operation string `json:"operation"`
}

func writeResource(input []byte, w *writer) error {
	r, err := readRequest(input)
	if err != nil {
		return err
	}
	if r.tool == nil {
		return w.writeJSON(unknownTool(r.policy))
	}
	v := unknown
	if r.policy.visibilityTool != "" {
		if v, err = r.policy.askVisibility(r.args); err != nil {
			return err
		}
	}
	return w.writeJSON(resourceAnswer{labels{r.policy.secrecyOf(r.tool.secrecy, v), r.tool.integrity}, r.tool.operation})
}

// What an unknown tool does, to what, nobody knows: it may write anything that is secret anywhere, and vouches for
// nothing. The backend is not asked, for arguments of unknown meaning.
func unknownTool(p *policy) resourceAnswer {
	v := unknown
	if p.privateTag != "" {
		v = private
	}
	return resourceAnswer{labels{p.secrecyOf(p.everySecrecy, v), []string{}}, "write"}
}
