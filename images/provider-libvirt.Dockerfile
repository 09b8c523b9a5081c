# syntax=docker/dockerfile:1
# Machines on libvirt and QEMU. The binding is built against the same libvirt that the image runs.
# Build from the root of the repository: docker build --file images/provider-libvirt.Dockerfile .
FROM python:3.14-slim AS build
RUN apt-get update \
 && apt-get install --yes --no-install-recommends gcc libc6-dev libvirt-dev pkg-config \
 && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /source
COPY LICENSE pyproject.toml uv.lock ./
COPY packages packages
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/opt/virtrigaud
RUN uv sync --locked --no-default-groups --no-editable --package virtrigaud-provider-libvirt --extra tracing

FROM python:3.14-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libvirt0 openssh-client qemu-utils \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/virtrigaud /opt/virtrigaud
USER 65532:65532
ENTRYPOINT ["/opt/virtrigaud/bin/virtrigaud-provider-libvirt"]
