import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, type Credentials, STSClient } from '@aws-sdk/client-sts';
import { UserError } from '@mlops-actions/core';
import type { ProviderEffects } from '@mlops-actions/provider';
import { told } from './aws-errors.ts';
import type { AwsCredentials, AwsOptions } from './clients.ts';

/** Who AWS's token is for, as its documentation of OIDC says. */
const audience = 'sts.amazonaws.com';

/** An hour is what every role allows; the clients ask again before it is over. */
const seconds = 3600;

/**
 * Credentials of a role: by the token of the CI system where it gives one, so that no key is kept anywhere, and else by the runner's own
 * credentials. The clients call it again when the credentials are about to end, so that a wait may last for hours.
 */
export function assumedRole(
  role: string,
  aws: AwsOptions,
  idToken: ProviderEffects['idToken'],
): () => Promise<AwsCredentials> {
  const sts = new STSClient({ ...aws, maxAttempts: 5 });
  const request = { RoleArn: role, RoleSessionName: 'mlops-actions', DurationSeconds: seconds };
  return async () => {
    const WebIdentityToken = await idToken?.(audience);
    const command =
      WebIdentityToken === undefined
        ? sts.send(new AssumeRoleCommand(request))
        : sts.send(new AssumeRoleWithWebIdentityCommand({ ...request, WebIdentityToken }));
    const { Credentials: given } = await told(command, `Role ${role}`);
    return credentialsOf(role, given);
  };
}

function credentialsOf(role: string, given: Credentials | undefined): AwsCredentials {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
  if (AccessKeyId === undefined || SecretAccessKey === undefined) {
    throw new UserError(`AWS gave no credentials for role ${role}. See the trust policy of the role.`);
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(SessionToken === undefined ? {} : { sessionToken: SessionToken }),
    ...(Expiration === undefined ? {} : { expiration: Expiration }),
  };
}
