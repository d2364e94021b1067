/* SPDX-License-Identifier: MIT
 *
 * The program that the exec rows start, linked statically and dynamically.
 */
int main(void)
{
	return 0;
}
