# Three stages: the front end, the program, and a small image with nothing but the program.

FROM node:20-bookworm-slim AS frontend
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM golang:1.26-bookworm AS program
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=frontend /src/frontend/static/ frontend/static/
ARG VERSION=dev
# SQLite is C. The program carries its C library with it, so that the last stage needs none.
RUN CGO_ENABLED=1 CGO_CFLAGS="-O2 -DSQLITE_DEFAULT_MEMSTATUS=0" go build -buildvcs=false -trimpath -tags nomsgpack,sqlite_omit_load_extension,osusergo,netgo,timetzdata \
      -gcflags=github.com/danielgtaylor/huma/v2/...=-l -gcflags=migov/api/rest=-l -gcflags=github.com/xuri/...=-l \
      -ldflags "-s -w -linkmode external -extldflags -static -X main.version=${VERSION}" -o /out/migov ./cmd/migov \
 && mkdir -p /out/data /out/tmp && chmod 700 /out/data && chmod 1777 /out/tmp

FROM scratch
COPY --from=program /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=program --chown=65532:65532 /out/data /data
COPY --from=program /out/tmp /tmp
COPY --from=program /out/migov /migov
USER 65532:65532
ENV MIGOV_LISTEN=:8080 MIGOV_DATABASE=/data/migov.db MIGOV_LOG_FORMAT=json
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/migov", "healthcheck"]
ENTRYPOINT ["/migov"]
CMD ["serve"]
