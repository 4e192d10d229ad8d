export { type RequestToSign, type SigningKey, signRequest } from './sign-request.ts';
