// Says what the admission controller of Kubernetes finds in pods, for a test that compares Boltseal with it.
//
// Arguments are policies (`restricted:v1.29`). Each line of the input is a JSON string that holds a manifest in YAML.
// Each line of the output answers one: for each policy the ids of the failing checks, joined by commas, policies by
// semicolons; or `refused: ` and why where the API server could not read the object.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// manifest holds a pod template wherever the kinds of Kubernetes have one.
type manifest struct {
	Kind     string                 `json:"kind"`
	Metadata metav1.ObjectMeta      `json:"metadata"`
	Spec     json.RawMessage        `json:"spec"`
	Template corev1.PodTemplateSpec `json:"template"`
}

type controller struct {
	Template corev1.PodTemplateSpec `json:"template"`
}

type cronJob struct {
	JobTemplate struct {
		Spec controller `json:"spec"`
	} `json:"jobTemplate"`
}

func main() {
	var policies []api.LevelVersion
	for _, argument := range os.Args[1:] {
		name, version, _ := strings.Cut(argument, ":")
		level, err := api.ParseLevel(name)
		if err != nil {
			fail(err)
		}
		parsed, err := api.ParseVersion(version)
		if err != nil {
			fail(err)
		}
		policies = append(policies, api.LevelVersion{Level: level, Version: parsed})
	}
	evaluator, err := policy.NewEvaluator(named(policy.DefaultChecks()), nil)
	if err != nil {
		fail(err)
	}
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 16<<20)
	output := bufio.NewWriter(os.Stdout)
	defer output.Flush()
	for input.Scan() {
		var text string
		if err := json.Unmarshal(input.Bytes(), &text); err != nil {
			fail(err)
		}
		metadata, spec, err := read(text)
		if err != nil {
			fmt.Fprintf(output, "refused: %s\n", strings.ReplaceAll(err.Error(), "\n", " "))
			continue
		}
		var answers []string
		for _, policy := range policies {
			var ids []string
			for _, result := range evaluator.EvaluatePod(policy, metadata, spec) {
				if !result.Allowed {
					ids = append(ids, result.ForbiddenReason)
				}
			}
			sort.Strings(ids)
			answers = append(answers, strings.Join(ids, ","))
		}
		fmt.Fprintln(output, strings.Join(answers, ";"))
	}
	if err := input.Err(); err != nil {
		fail(err)
	}
}

// named makes each check give its id as the reason, since results do not carry it.
func named(checks []policy.Check) []policy.Check {
	for _, check := range checks {
		for at := range check.Versions {
			judge := check.Versions[at].CheckPod
			check.Versions[at].CheckPod = func(metadata *metav1.ObjectMeta, spec *corev1.PodSpec) policy.CheckResult {
				result := judge(metadata, spec)
				if !result.Allowed {
					result.ForbiddenReason = string(check.ID)
				}
				return result
			}
		}
	}
	return checks
}

// read decodes a manifest as the API server does, and fills in the one default that a verdict depends on.
func read(text string) (*metav1.ObjectMeta, *corev1.PodSpec, error) {
	encoded, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		return nil, nil, err
	}
	var object manifest
	if err := decode(encoded, &object); err != nil {
		return nil, nil, err
	}
	template := &corev1.PodTemplateSpec{ObjectMeta: object.Metadata}
	switch object.Kind {
	case "Pod":
		err = decode(object.Spec, &template.Spec)
	case "PodTemplate":
		template = &object.Template
	case "CronJob":
		var job cronJob
		err = decode(object.Spec, &job)
		template = &job.JobTemplate.Spec.Template
	default:
		var owner controller
		err = decode(object.Spec, &owner)
		template = &owner.Template
	}
	if err != nil {
		return nil, nil, err
	}
	for at := range template.Spec.Volumes {
		if source := &template.Spec.Volumes[at].VolumeSource; *source == (corev1.VolumeSource{}) {
			source.EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
	return &template.ObjectMeta, &template.Spec, nil
}

func decode(encoded []byte, into any) error {
	if len(encoded) == 0 {
		return nil
	}
	return kjson.UnmarshalCaseSensitivePreserveInts(encoded, into)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
