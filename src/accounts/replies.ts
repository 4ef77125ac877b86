/** Shapes of what the endpoints of accounts reply. */
import * as z from 'zod'

export const Sent = z
  .object({ detail: z.string().describe('The same whether or not the email has an account.') })
  .meta({ id: 'MailSent' })

export const SignedIn = z
  .object({
    second_factor: z
      .boolean()
      .describe('Whether a code is required: then the caller is signed in only after sending it.'),
  })
  .meta({ id: 'SignedIn' })

export const SessionView = z
  .object({
    session_id: z.string(),
    current: z.boolean(),
    created_at: z.string(),
    last_used_at: z.string(),
    user_agent: z.string().optional(),
    second_factor: z.boolean(),
  })
  .meta({ id: 'Session' })

/** The caller, for the header of the pages. */
export const WhoAmI = z
  .object({
    signed_in: z.boolean(),
    email: z.string().optional(),
    first_name: z.string().optional(),
    role: z.enum(['customer', 'staff', 'admin']).optional(),
    second_factor: z.boolean().optional().describe('Whether this session began with a second factor.'),
  })
  .meta({ id: 'WhoAmI' })

export const ResetPreview = z
  .object({
    passkeys: z.int(),
    linked_identities: z.int(),
    kept_passkeys: z.int().describe('Of staff, who need a second factor.'),
    authenticator_app: z.boolean().describe('Whether there is one, which stays.'),
  })
  .meta({ id: 'ResetPreview' })

export const SignInMethods = z
  .object({
    password: z.boolean(),
    passkeys: z.int(),
    linked_identities: z.int(),
    authenticator_app: z.boolean(),
    proof: z
      .enum(['password', 'none', 'recent_sign_in', 'second_factor'])
      .describe(
        'What is still needed to change them: the password; nothing more; a new sign-in with a passkey or single sign-on; a sign-in with the second factor.',
      ),
  })
  .meta({ id: 'SignInMethods' })
