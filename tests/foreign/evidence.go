// Ask the reference implementation of signed notes and logs whether what we signed and proved holds.
//
// Reads one JSON object from standard input and prints what holds of it, or why it does not.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type given struct {
	Note, Vkey                string
	Leaf, Root, FirstRoot     string
	Index, Size, First        int64
	Inclusion, Consistency    []string
}

func hash(text string) tlog.Hash {
	var found tlog.Hash
	raw, err := base64.StdEncoding.DecodeString(text)
	refuse(err)
	copy(found[:], raw)
	return found
}

func hashes(texts []string) []tlog.Hash {
	found := []tlog.Hash{}
	for _, text := range texts {
		found = append(found, hash(text))
	}
	return found
}

func refuse(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func main() {
	var asked given
	refuse(json.NewDecoder(os.Stdin).Decode(&asked))
	verifier, err := note.NewVerifier(asked.Vkey)
	refuse(err)
	opened, err := note.Open([]byte(asked.Note), note.VerifierList(verifier))
	refuse(err)
	raw, err := base64.StdEncoding.DecodeString(asked.Leaf)
	refuse(err)
	root := hash(asked.Root)
	refuse(tlog.CheckRecord(hashes(asked.Inclusion), asked.Size, root, asked.Index, tlog.RecordHash(raw)))
	refuse(tlog.CheckTree(hashes(asked.Consistency), asked.Size, root, asked.First, hash(asked.FirstRoot)))
	fmt.Print(opened.Text)
}
