{{- /* What a provider of the SDK reads, and where: the names and paths are those of its settings. */ -}}

{{- define "provider.environment" -}}
{{- $given := dict }}
{{- range .Values.env }}{{ $_ := set $given .name true }}{{ end }}
{{- $ours := list
  (dict "name" "PROVIDER_TYPE" "value" .Values.provider.type)
  (dict "name" "PROVIDER_ENDPOINT" "value" .Values.provider.endpoint)
  (dict "name" "PROVIDER_NAMESPACE" "value" .Release.Namespace)
  (dict "name" "PROVIDER_NAME" "value" .Release.Name)
  (dict "name" "TLS_INSECURE_SKIP_VERIFY" "value" (toString .Values.provider.insecureSkipVerify))
  (dict "name" "VIRTRIGAUD_PROVIDER_INSECURE" "value" (toString (not .Values.tls.enabled)))
  (dict "name" "VIRTRIGAUD_PROVIDER_ALLOWED_SANS" "value" (join "," .Values.tls.allowedSans))
  (dict "name" "VIRTRIGAUD_PROVIDER_DRAIN_SECONDS" "value" (toString .Values.drainSeconds))
  (dict "name" "LOG_LEVEL" "value" .Values.log.level)
  (dict "name" "LOG_FORMAT" "value" .Values.log.format)
}}
{{- if .Values.state.existingClaim }}
{{- $ours = append $ours (dict "name" "VIRTRIGAUD_PROVIDER_STATE_DIRECTORY" "value" "/var/lib/virtrigaud") }}
{{- end }}
{{- $kept := list }}
{{- range $ours }}{{ if not (hasKey $given .name) }}{{ $kept = append $kept . }}{{ end }}{{ end }}
{{- concat $kept .Values.env | toYaml }}
{{- end -}}

{{- define "provider.mounts" -}}
- name: tmp
  mountPath: /tmp
{{- if .Values.tls.enabled }}
- name: tls
  mountPath: /etc/virtrigaud/tls
  readOnly: true
{{- end }}
{{- if .Values.credentials.secretName }}
- name: credentials
  mountPath: /etc/virtrigaud/credentials
  readOnly: true
{{- end }}
{{- if .Values.state.existingClaim }}
- name: state
  mountPath: /var/lib/virtrigaud
{{- end }}
{{- with .Values.volumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "provider.volumes" -}}
- name: tmp
  emptyDir: {}
{{- if .Values.tls.enabled }}
- name: tls
  secret:
    secretName: {{ .Values.tls.secretName }}
    defaultMode: 0440
{{- end }}
{{- with .Values.credentials.secretName }}
- name: credentials
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- with .Values.state.existingClaim }}
- name: state
  persistentVolumeClaim:
    claimName: {{ . }}
{{- end }}
{{- with .Values.volumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}
