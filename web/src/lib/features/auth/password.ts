export const PASSWORD_LENGTH_MIN = 10
