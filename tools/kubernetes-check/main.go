// Command kubernetes-check asks Kubernetes' own code what it thinks of our CustomResourceDefinitions and of objects.
//
// It reads one JSON document from standard input: the definitions, and cases of objects that are created or changed.
// It writes one JSON document: what is wrong with the definitions (the cost of rules included), and for each case the
// fields for which Kubernetes would refuse it, in the order in which Kubernetes names them.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/install"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	crdvalidation "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

type request struct {
	Definitions []json.RawMessage `json:"definitions"`
	Cases       []object          `json:"cases"`
}

type object struct {
	Kind   string          `json:"kind"`
	Object json.RawMessage `json:"object"`
	Before json.RawMessage `json:"before"`
}

type refusal struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

type answer struct {
	Definitions []string    `json:"definitions"`
	Cases       [][]refusal `json:"cases"`
}

type kind struct {
	structural *schema.Structural
	schema     validation.SchemaValidator
	rules      *cel.Validator
}

func main() {
	var asked request
	input, err := io.ReadAll(os.Stdin)
	must(err)
	must(json.Unmarshal(input, &asked))
	said := answer{Definitions: []string{}, Cases: [][]refusal{}}
	kinds := map[string]kind{}
	scheme := runtime.NewScheme()
	install.Install(scheme)
	for _, document := range asked.Definitions {
		definition := read(scheme, document)
		for _, wrong := range crdvalidation.ValidateCustomResourceDefinition(context.Background(), definition) {
			said.Definitions = append(said.Definitions, fmt.Sprintf("%s: %s", definition.Name, wrong))
		}
		kinds[definition.Spec.Names.Kind] = compile(definition)
	}
	for _, tried := range asked.Cases {
		said.Cases = append(said.Cases, kinds[tried.Kind].refusals(tried))
	}
	must(json.NewEncoder(os.Stdout).Encode(said))
}

func read(scheme *runtime.Scheme, document json.RawMessage) *apiextensions.CustomResourceDefinition {
	written := &v1.CustomResourceDefinition{}
	must(json.Unmarshal(document, written))
	scheme.Default(written)
	definition := &apiextensions.CustomResourceDefinition{}
	must(scheme.Convert(written, definition, nil))
	definition.Status.StoredVersions = []string{definition.Spec.Versions[0].Name}
	return definition
}

func compile(definition *apiextensions.CustomResourceDefinition) kind {
	props, err := apiextensions.GetSchemaForVersion(definition, definition.Spec.Versions[0].Name)
	must(err)
	structural, err := schema.NewStructural(props.OpenAPIV3Schema)
	must(err)
	validator, _, err := validation.NewSchemaValidator(props.OpenAPIV3Schema)
	must(err)
	return kind{structural, validator, cel.NewValidator(structural, true, celconfig.PerCallLimit)}
}

// refusals validates as the API server does: values first, then lists, then rules where the values are right.
func (k kind) refusals(tried object) []refusal {
	wanted, before := k.completed(tried.Object), k.completed(tried.Before)
	var wrong field.ErrorList
	var old any
	if before == nil {
		wrong = validation.ValidateCustomResource(nil, wanted, k.schema)
	} else {
		old = before
		wrong = validation.ValidateCustomResourceUpdate(nil, wanted, before, k.schema)
	}
	wrong = append(wrong, listtype.ValidateListSetsAndMaps(nil, k.structural, wanted)...)
	if len(wrong) == 0 {
		wrong, _ = k.rules.Validate(context.Background(), nil, k.structural, wanted, old, celconfig.RuntimeCELCostBudget)
	}
	refused := []refusal{}
	for _, one := range wrong {
		refused = append(refused, refusal{one.Field, one.ErrorBody()})
	}
	return refused
}

// completed reads an object with whole numbers as such, and fills in its defaults.
func (k kind) completed(document json.RawMessage) map[string]any {
	var object map[string]any
	must(utiljson.Unmarshal(document, &object))
	if object != nil {
		defaulting.Default(object, k.structural)
	}
	return object
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
