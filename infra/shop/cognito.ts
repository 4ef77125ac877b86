/** Cognito user pool. Its second factor is optional for customers; staff also need the shop's own. */
import { CfnOutput, Duration, Stack, Tags } from 'aws-cdk-lib'
import {
  AccountRecovery,
  FeaturePlan,
  Mfa,
  OAuthScope,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito'
import type { Construct } from 'constructs'
import { cognitoRedirectUrl } from '#src/accounts/cognito/oidc.ts'
import type { Stage } from '../settings/stage.ts'
import { dataRemovalPolicy } from '../store/removal-policy.ts'

const createPool = (scope: Construct, name: string, stage: Stage): UserPool =>
  new UserPool(scope, 'Users', {
    userPoolName: name,
    featurePlan: FeaturePlan.ESSENTIALS,
    selfSignUpEnabled: true,
    signInAliases: { email: true },
    signInCaseSensitive: false,
    autoVerify: { email: true },
    standardAttributes: {
      email: { required: true, mutable: true },
      givenName: { mutable: true },
      familyName: { mutable: true },
    },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    mfa: Mfa.OPTIONAL,
    mfaSecondFactor: { otp: true, sms: false },
    passwordPolicy: {
      minLength: 12,
      requireLowercase: true,
      requireUppercase: true,
      requireDigits: true,
      requireSymbols: true,
      tempPasswordValidity: Duration.days(1),
    },
    deletionProtection: stage.keepsData,
    removalPolicy: dataRemovalPolicy(stage),
  })

const createClient = (pool: UserPool, publicUrl: string): UserPoolClient =>
  pool.addClient('Shop', {
    // The authorization code flow with PKCE needs no client secret.
    generateSecret: false,
    preventUserExistenceErrors: true,
    enableTokenRevocation: true,
    authFlows: {},
    oAuth: {
      flows: { authorizationCodeGrant: true },
      scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE],
      callbackUrls: [cognitoRedirectUrl(publicUrl)],
    },
    accessTokenValidity: Duration.minutes(5),
    idTokenValidity: Duration.minutes(5),
    refreshTokenValidity: Duration.hours(1),
  })

/** `prefix` is the prefix of the pool's sign-in domain. */
export const createUserPool = (
  scope: Construct,
  {
    name,
    prefix,
    publicUrl,
    stage,
  }: { readonly name: string; readonly prefix: string; readonly publicUrl: string; readonly stage: Stage },
): { readonly poolId: string; readonly clientId: string } => {
  const pool = createPool(scope, name, stage)
  // By this tag it is found again when its stack is gone.
  Tags.of(pool).add('part', 'users')
  pool.addDomain('SignIn', { cognitoDomain: { domainPrefix: prefix } })
  const { userPoolClientId: clientId } = createClient(pool, publicUrl)
  new CfnOutput(scope, 'UserPool', { value: pool.userPoolId })
  new CfnOutput(scope, 'SignInAddress', {
    value: `https://${prefix}.auth.${Stack.of(scope).region}.amazoncognito.com`,
  })
  return { poolId: pool.userPoolId, clientId }
}
