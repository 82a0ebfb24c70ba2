package main

type agentAnswer struct {
	Agent labels `json:"agent"`
	Mode  string `json:"difc_mode"`
}

func writeAgent(input []byte, w *writer) error {
	current = nil
	root, ok := parse(input)
	if !ok {
		return &failure{answerMalformedInput, "policy: it is not JSON, or nests too deeply"}
	}
	p, err := readPolicy(root)
	if err != nil {
		return err
	}
	current = p
	return w.writeJSON(agentAnswer{labels{p.agentSecrecy, p.agentIntegrity}, p.mode})
}
