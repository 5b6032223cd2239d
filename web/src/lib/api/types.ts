/** What the web app may know before anybody signs in. Told by the API's configuration route, which has no schema in `domain/`. */
export type AppConfig = {
  version: string
  openSignUp: boolean
  passwordMin: number
  passwordMax: number
  temporalUiUrl: string | null
  temporalNamespace: string
  phoneSimulatorUrl: string | null
  mailSimulatorUrl: string | null
}
