#!/bin/sh
# Brings the running house to the version that lies here, without a moment in which nobody answers:
#   deploy/rolling-update.sh          what is checked out
#   deploy/rolling-update.sh --pull   what the branch has got since, and nothing if it has got nothing; for a nightly timer
# The tables first, because they only add. Then who works and takes in, so that nobody is asked for what nobody can do yet;
# last who is asked from outside. New ones are up before old ones are told to go, and if one does not come up the old ones stay.
set -eu
cd "$(dirname "$0")/.."

within_seconds=${HOLDFAST_UPDATE_WITHIN_SECONDS:-180}
order='worker dispatcher api'

say() { echo "rolling-update: $*"; }

state_of() { docker inspect --format '{{.State.Running}} {{if .State.Health}}{{.State.Health.Status}}{{end}}' "$1"; }

# Waits until a container says itself that it is ready; fails at once when it has ended.
await_ready() {
  waited=0
  while [ "$waited" -lt "$within_seconds" ]; do
    case "$(state_of "$1")" in
      'true healthy') return 0 ;;
      false*) return 1 ;;
    esac
    sleep 1
    waited=$((waited + 1))
  done
  return 1
}

roll() {
  service=$1
  old=$(docker compose ps --quiet "$service")
  if [ -z "$old" ]; then
    say "$service does not run; start the house with: docker compose up --detach"
    return 1
  fi
  count=$(echo "$old" | wc -l)
  docker compose up --detach --no-deps --no-recreate --scale "$service=$((count * 2))" "$service"
  new=$(docker compose ps --quiet "$service" | grep -vxF "$old" || true)
  [ -n "$new" ] || { say "no new $service was started"; return 1; }
  for container in $new; do
    if ! await_ready "$container"; then
      docker logs --tail 20 "$container" || true
      docker rm --force $new
      say "$service of the new version did not come up within $within_seconds s; the old ones go on"
      return 1
    fi
  done
  for container in $old; do
    docker stop --time 60 "$container"
    docker rm "$container"
  done
  say "$service: $count replaced"
}

if [ "${1:-}" = --pull ]; then
  before=$(git rev-parse HEAD)
  git pull --quiet --ff-only
  if [ "$(git rev-parse HEAD)" = "$before" ]; then
    say 'nothing new'
    exit 0
  fi
fi
docker compose build api
docker compose run --rm --no-deps migrate
for service in $order; do roll "$service"; done
docker image prune --force
say 'done'
